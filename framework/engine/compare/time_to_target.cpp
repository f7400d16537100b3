#include "compare/time_to_target.hpp"

#include "compare/summary.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace ravine {
namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr double never = std::numeric_limits<double>::infinity();

template <class Amount>
time_summary summarize(std::span<const trial_result* const> trials, Amount amount) {
  std::vector<double> spent;
  std::vector<double> to_target;
  std::vector<double> or_never;
  for (const trial_result* trial : trials) {
    const auto& reached = trial->target_reached_at;
    spent.push_back(amount(trial->spent));
    to_target.push_back(reached ? amount(*reached) : no_value);
    or_never.push_back(reached ? amount(*reached) : never);
  }
  return {.median = median(or_never), .expected = expected_running_time(spent, to_target)};
}

}  // namespace

time_to_target measure_time_to_target(std::span<const trial_result* const> trials) {
  time_to_target all;
  all.trials = trials.size();
  for (const trial_result* trial : trials) {
    if (trial->target_reached_at) ++all.reached;
  }
  all.epochs = summarize(trials, [](const cost& spent) { return spent.epochs; });
  all.steps = summarize(trials, [](const cost& spent) { return static_cast<double>(spent.steps); });
  all.evaluations =
      summarize(trials, [](const cost& spent) { return static_cast<double>(spent.evaluations); });
  all.seconds = summarize(trials, [](const cost& spent) { return spent.seconds(); });
  return all;
}

double expected_running_time(std::span<const double> spent, std::span<const double> to_target) {
  if (spent.empty()) return no_value;
  double total = 0;
  std::size_t successes = 0;
  for (std::size_t i = 0; i < spent.size(); ++i) {
    const bool success = !std::isnan(to_target[i]);
    total += success ? to_target[i] : spent[i];
    if (success) ++successes;
  }
  return successes == 0 ? never : total / static_cast<double>(successes);
}

}  // namespace ravine
