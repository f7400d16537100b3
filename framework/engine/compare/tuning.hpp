#pragma once

#include "compare/comparison.hpp"

namespace ravine {

/// The sensitivity of each optimizer on the problem to each hyperparameter of numbers that was searched over
/// at two values or more: at each value the best score among the points that have it.
std::vector<sensitivity_summary> sensitivities(const problem_summary& problem);

/// For each optimizer with two search points or more, what a smaller tuning budget would have given.
std::vector<budget_summary> tuning_budgets(const problem_summary& problem);

}  // namespace ravine
