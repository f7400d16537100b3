#pragma once

#include "compare/comparison.hpp"
#include "compare/grouping.hpp"

#include <string>
#include <vector>

namespace ravine {

/// Whether chance takes part: in data, noise or instances, or in an optimizer that draws numbers itself.
bool repetitions_differ(const problem_group& group, const problem_summary& problem);

/// What a careful reader of the comparison of this problem has to know: search sizes that differ, a chosen
/// value at the edge of those tried, points chosen by what is compared or by another metric, few or unequal
/// repetitions, trials that were interrupted, times taken with more jobs than cores, results of different
/// processors, builds or libraries, of plugins in place of others of the same name, trials that are there
/// twice with different results, targets that were met at the start. A sentence each.
std::vector<std::string> find_warnings(const problem_group& group, const problem_summary& problem);

/// Adds a warning for the pairs that get no p-value because their repetitions are all alike.
void warn_of_alike_repetitions(problem_summary& problem);

/// Adds a warning if so few repetitions are paired with the baseline that no difference, however clear, can
/// have a p-value of 0.05 after Holm's correction for so many tests.
void warn_of_few_pairs(problem_summary& problem, std::size_t tests);

}  // namespace ravine
