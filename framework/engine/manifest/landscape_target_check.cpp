#include "manifest/landscape_target_check.hpp"

#include "trial/trial_result.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

std::string no_minimum(const problem_draft& problem, std::string_view key) {
  return fmt::format(
      "{}: {} declares no minimum, and so has no gap; give it a target of its own, {}: evaluate: {{target: "
      "{{loss: …}}}}, or {{target: null}}",
      key, problem.title(), problem.name);
}

std::string met_at_start(const problem_draft& problem, const target_spec& target, std::string_view key,
                         const landscape_facts& facts, double value) {
  std::string place = facts.start.empty() ? "its start" : fmt::format("({:g})", fmt::join(facts.start, ", "));
  std::string harder = "a lower value";
  if (target.metric == "loss" && std::isfinite(facts.minimum)) {
    harder = fmt::format("a gap, the loss above its minimum of {:.6g}, as in {{gap: {:g}}}", facts.minimum,
                         target.value > 0 ? target.value : 1e-6);
  }
  return fmt::format(
      "{}: {} has the {} {:.6g} at {}, and so meets the target {:g} before the first step; expected {}, or "
      "another start",
      key, problem.title(), target.metric, value, place, target.value, harder);
}

std::string below_minimum(const problem_draft& problem, const target_spec& target, std::string_view key,
                          double minimum) {
  const std::string never = fmt::format("{}: {} has no loss below its minimum of {:.6g}, and so never meets",
                                        key, problem.title(), minimum);
  if (target.metric == "gap") {
    return fmt::format("{} a gap, the loss above that minimum, of {:g}; expected 0 or more", never,
                       target.value);
  }
  return fmt::format("{} the target {:g}; expected a gap, the loss above that minimum, as in {{gap: {:g}}}",
                     never, target.value, target.value > 0 ? target.value : 1e-6);
}

}  // namespace

target_spec check_landscape_target(const problem_draft& problem, const located<target_spec>& target,
                                   std::string_view key, diagnostics& errors) {
  target_spec checked = target.value;
  if (problem.model == nullptr) return checked;
  const bool gap = checked.metric == "gap";
  for (const landscape_facts& facts : facts_of(problem)) {
    if (!facts.refusal.empty()) continue;  // the trials say so
    if (gap && !std::isfinite(facts.minimum)) {
      errors.add(target.at, no_minimum(problem, key));
      return checked;
    }
    const double value = gap ? facts.start_loss - facts.minimum : facts.start_loss;
    if (meets(checked.metric, checked.value, value)) {
      errors.add(target.at, met_at_start(problem, checked, key, facts, value));
      return checked;
    }
    if (checked.value < (gap ? 0 : facts.minimum) && !facts.unbounded_below) {
      errors.add(target.at, below_minimum(problem, checked, key, facts.minimum));
      return checked;
    }
    std::erase_if(checked.easier, [&](double each) { return meets(checked.metric, each, value); });
  }
  return checked;
}

}  // namespace ravine
