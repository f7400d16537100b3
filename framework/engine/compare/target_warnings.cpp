#include "compare/target_warnings.hpp"

#include <fmt/format.h>

namespace ravine {

void warn_of_targets_met_at_start(problem_summary& problem) {
  std::size_t met = 0, trials = 0;
  for (const configuration_summary& line : problem.configurations) {
    if (!line.times) continue;
    met += line.times->at_start;
    trials += line.times->trials;
  }
  if (met == 0) return;
  problem.warnings.push_back(
      fmt::format("the target, {} {} {:g}, was met before the first step in {} of {} trials: it says nothing "
                  "of the optimizers "
                  "there; set a harder one",
                  problem.target_metric, higher_is_better(problem.target_metric) ? "≥" : "≤",
                  problem.target_value, met, trials));
}

}  // namespace ravine
