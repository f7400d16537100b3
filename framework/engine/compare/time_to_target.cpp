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

/// The cost at the first evaluation that meets the target; null if none does.
const cost* first_hit(const trial_result& trial, const std::string& metric, double target) {
  for (const evaluation& each : trial.evaluations) {
    const auto found = each.metrics.find(metric);
    if (found != each.metrics.end() && meets(metric, target, found->second)) return &each.at;
  }
  return nullptr;
}

target_summary summarize_target(std::span<const trial_result* const> trials, const target_set& targets,
                                double value) {
  const bool in_evaluations = cost_unit_of(targets.metric) == cost_unit::evaluations;
  const auto amount = [&](const cost& at) {
    return in_evaluations ? static_cast<double>(at.evaluations) : at.epochs;
  };
  target_summary summary;
  summary.value = value;
  std::vector<double> whole;
  std::vector<double> to_target;
  for (const trial_result* trial : trials) {
    const bool hardest = value == targets.values.back();
    const cost* const hit = !hardest                   ? first_hit(*trial, targets.metric, value)
                            : trial->target_reached_at ? &*trial->target_reached_at
                                                       : nullptr;
    if (hit != nullptr) ++summary.reached;
    whole.push_back(amount(trial->spent));
    to_target.push_back(hit != nullptr ? amount(*hit) : no_value);
    summary.costs.push_back(hit != nullptr ? amount(*hit) : never);
    summary.spent.push_back(hit != nullptr ? amount(*hit) : whole.back());
    summary.evaluations.push_back(hit != nullptr ? static_cast<double>(hit->evaluations) : never);
  }
  summary.expected = expected_running_time(whole, to_target);
  return summary;
}

}  // namespace

cost_unit cost_unit_of(std::string_view target_metric) {
  return is_of_landscape(target_metric) ? cost_unit::evaluations : cost_unit::epochs;
}

const time_summary& time_to_target::in(cost_unit unit) const {
  switch (unit) {
    case cost_unit::steps:
      return steps;
    case cost_unit::evaluations:
      return evaluations;
    case cost_unit::seconds:
      return seconds;
    default:
      return epochs;
  }
}

time_to_target measure_time_to_target(std::span<const trial_result* const> trials,
                                      const target_set& targets) {
  time_to_target all;
  all.trials = trials.size();
  for (const trial_result* trial : trials) {
    if (!trial->target_reached_at) continue;
    ++all.reached;
    if (trial->target_reached_at->steps == 0) ++all.at_start;
    if (!keeps_target(*trial, targets.metric, targets.values.back())) ++all.lost_later[trial->status];
  }
  all.epochs = summarize(trials, [](const cost& spent) { return spent.epochs; });
  all.steps = summarize(trials, [](const cost& spent) { return static_cast<double>(spent.steps); });
  all.evaluations =
      summarize(trials, [](const cost& spent) { return static_cast<double>(spent.evaluations); });
  all.seconds = summarize(trials, [](const cost& spent) { return spent.seconds(); });
  for (const double value : targets.values) all.targets.push_back(summarize_target(trials, targets, value));
  return all;
}

bool keeps_target(const trial_result& trial, std::string_view metric, double target) {
  if (!trial.target_reached_at || !trial.succeeded() || trial.evaluations.empty()) return false;
  const auto& last = trial.evaluations.back().metrics;
  const auto found = last.find(std::string(metric));
  return found != last.end() && meets(metric, target, found->second);
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
