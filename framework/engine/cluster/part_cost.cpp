#include "cluster/part_cost.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace ravine {
namespace {

/// Of the training that was measured, in that unit.
double amount_in(const cost& spent, cost_unit unit) {
  switch (unit) {
    case cost_unit::steps:
      return static_cast<double>(spent.steps);
    case cost_unit::epochs:
      return spent.epochs;
    case cost_unit::evaluations:
      return static_cast<double>(spent.evaluations);
    default:
      return spent.seconds();
  }
}

}  // namespace

double expected_costs::total() const { return std::accumulate(of_trials.begin(), of_trials.end(), 0.0); }

expected_costs costs_of(const trial_list& trials, const std::vector<measured_cost>& measured) {
  expected_costs costs;
  costs.of_trials.reserve(trials.size());
  const planned_trial* last = nullptr;  // whose cost this is
  double each = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const planned_trial& trial = trials.configuration(i);
    if (&trial != last) {
      last = &trial;
      const amount& budget = trial.spec.train.stop_after.value_or(trial.spec.train.budget);
      const auto known = std::ranges::find_if(measured, [&](const measured_cost& one) {
        return one.problem == trial.spec.problem.label && one.optimizer == trial.spec.optimizer.label &&
               amount_in(one.spent, budget.unit) > 0;
      });
      const bool is_known = known != measured.end();
      each = budget.count;
      if (is_known) each *= known->spent.seconds() / amount_in(known->spent, budget.unit);
      costs.are_seconds = costs.are_seconds && is_known;
    }
    costs.of_trials.push_back(each);
  }
  return costs;
}

std::vector<trial_list> cut(const trial_list& trials, const expected_costs& costs, std::uint64_t parts) {
  std::vector<trial_list> all;
  const double each = costs.total() / static_cast<double>(std::max<std::uint64_t>(1, parts));
  double spent = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    // A trial belongs to the part in which its middle lies.
    const double middle = spent + costs.of_trials[i] / 2;
    const bool is_next = middle >= each * static_cast<double>(all.size());
    if (all.empty() || (is_next && all.size() < parts)) all.emplace_back();
    all.back().append(trials, i);
    spent += costs.of_trials[i];
  }
  return all;
}

}  // namespace ravine
