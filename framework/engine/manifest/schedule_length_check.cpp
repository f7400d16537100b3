#include "manifest/schedule_length_check.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace ravine {
namespace {

/// As training_budget has it: an optimizer with a closure takes as many evaluations a step as it likes.
bool tells_steps(cost_unit budget, const component& optimizer) {
  return budget == cost_unit::steps || budget == cost_unit::epochs ||
         (budget == cost_unit::evaluations && !optimizer.can(RV_OPTIMIZER_CLOSURE));
}

}  // namespace

void check_schedule_lengths(std::span<const problem_draft> problems,
                            std::span<const resolved_training> training,
                            std::span<const optimizer_draft> optimizers, const registry& plugins,
                            diagnostics& errors) {
  for (const optimizer_draft& each : optimizers) {
    if (each.which == nullptr) continue;
    const auto endless = std::ranges::find_if(each.on, [&](std::size_t problem) {
      return !tells_steps(training[problem].budget.unit, *each.which);
    });
    if (endless == each.on.end()) continue;
    for (const auto& [name, stages] : each.schedules) {
      if (stages.empty() || stages.back().length) continue;
      const component& last = plugins.get(component_kind::scheduler, stages.back().scheduler.use);
      if (!last.can(RV_SCHEDULER_NEEDS_LENGTH)) continue;
      errors.add(each.at,
                 fmt::format("{}.schedule.{}: {} needs a length, but a budget of {} does not tell how many "
                             "steps {} takes; add for: {{steps: …}}, or give a budget in steps or epochs",
                             each.name, name, last.id, to_string(training[*endless].budget.unit),
                             problems[*endless].title()));
    }
  }
}

}  // namespace ravine
