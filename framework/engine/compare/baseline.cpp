#include "compare/baseline.hpp"

#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

baseline_choice choose(const std::string& asked, std::span<const fixed_baseline> fixed) {
  using origin = baseline_choice::origin;
  std::set<std::string> labels;
  std::vector<std::string> told;
  for (const fixed_baseline& each : fixed) {
    if (each.label.empty()) continue;
    if (labels.insert(each.label).second)
      told.push_back(fmt::format("{} (in {})", each.label, each.experiment));
  }
  if (!asked.empty()) {
    const bool as_fixed = labels.empty() || (labels.size() == 1 && labels.contains(asked));
    if (as_fixed) return {asked, origin::asked, ""};
    return {asked, origin::asked,
            fmt::format("the baseline, {}, was chosen for this comparison; the manifest fixed {}", asked,
                        fmt::join(told, ", "))};
  }
  if (labels.empty()) return {};
  if (labels.size() == 1) return {*labels.begin(), origin::manifest, ""};
  return {
      "", origin::manifest,
      fmt::format("the manifests fixed different baselines, {}, and so none is used; --baseline names one",
                  fmt::join(told, ", "))};
}

}  // namespace

baseline_choice choose_baseline(const std::string& asked, std::span<const fixed_baseline> fixed) {
  baseline_choice chosen = choose(asked, fixed);
  for (const fixed_baseline& each : fixed) {
    if (each.fault.empty()) continue;
    chosen.note += fmt::format("{}the manifest of {} can't be read ({}); it may fix a baseline",
                               chosen.note.empty() ? "" : "; ", each.experiment, each.fault);
  }
  return chosen;
}

}  // namespace ravine
