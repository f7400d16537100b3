#include "manifest/schedule_length_check.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

/// As training_budget has it: an optimizer with a closure takes as many evaluations a step as it likes.
bool tells_steps(cost_unit budget, const rule_draft& optimizer) {
  return budget == cost_unit::steps || budget == cost_unit::epochs ||
         (budget == cost_unit::evaluations && !may_evaluate_more(optimizer));
}

/// What is wrong with the lengths of stages where the number of steps is unknown; "" if nothing is.
std::string fault_of(const std::vector<schedule_stage>& stages, const registry& plugins) {
  const bool shares = std::ranges::any_of(stages, [](const schedule_stage& each) {
    return each.length && each.length->unit == cost_unit::share;
  });
  if (shares) return "the length of a stage is a share";
  if (stages.empty() || stages.back().length) return "";
  const component& last = plugins.get(component_kind::scheduler, stages.back().scheduler.use);
  return last.can(RV_SCHEDULER_NEEDS_LENGTH) ? last.id + " needs a length" : "";
}

/// The same of a rule and those that it works around, on a problem that is named with its budget.
void check_rule(const rule_draft& rule, std::string_view budget, std::string_view problem,
                const registry& plugins, diagnostics& errors) {
  for (const auto& [name, stages] : rule.schedules) {
    const std::string fault = fault_of(stages, plugins);
    if (fault.empty()) continue;
    errors.add(rule.at, fmt::format("{}.schedule.{}: {}, but a budget of {} does not tell how many steps {} "
                                    "takes; add for: {{steps: …}}, or give a budget in steps or epochs",
                                    rule.name, name, fault, budget, problem));
  }
  for (const rule_draft& each : rule.inner) check_rule(each, budget, problem, plugins, errors);
  for (const rule_draft& each : rule.groups) check_rule(each, budget, problem, plugins, errors);
}

}  // namespace

void check_schedule_lengths(std::span<const problem_draft> problems,
                            std::span<const resolved_training> training,
                            std::span<const optimizer_draft> optimizers, const registry& plugins,
                            diagnostics& errors) {
  for (const optimizer_draft& each : optimizers) {
    if (!is_known(each)) continue;
    const auto endless = std::ranges::find_if(
        each.on, [&](std::size_t problem) { return !tells_steps(training[problem].budget.unit, each); });
    if (endless == each.on.end()) continue;
    check_rule(each, to_string(training[*endless].budget.unit), problems[*endless].title(), plugins, errors);
  }
}

}  // namespace ravine
