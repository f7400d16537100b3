#pragma once

#include "compare/grouping.hpp"
#include "compare/paired_difference.hpp"
#include "compare/signed_rank_interval.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// One optimizer against the baseline on one problem, over the repetitions that both have.
struct paired_summary {
  std::string problem;
  std::string optimizer;
  std::string metric;
  std::vector<double> differences;  ///< optimizer - baseline, by seed and repetition
  double mean_difference = 0;       ///< infinite if one failure is not met by another
  location difference;              ///< typical difference, with a 95 % interval
  double probability_better = 0;
  double correlation = 0;  ///< of the paired scores; NaN if one is not finite, or all of one side are alike
  double deviation = 0;    ///< standard deviation of the differences
  double unpaired_deviation = 0;  ///< that they would have if the repetitions were independent
  /// Repetitions that would show the mean difference with 80 % power, with these pairs and without, see
  /// power.
  double pairs_needed = 0, unpaired_needed = 0;
  /// Both have the same score in each repetition but for rounding, as on a landscape without noise: many
  /// times one measurement, of which no test can say more. There is no interval then, and p-values are NaN.
  bool repetitions_alike = false;
  double p_value = 1;           ///< Wilcoxon's signed-rank test, two-sided; NaN without pairs
  double adjusted_p_value = 1;  ///< by Holm, over the whole family of tests, whatever is shown of it
};

/// A test against the baseline, known by its labels.
struct paired_test {
  std::string problem;
  std::string optimizer;
  double p_value = 1;
};

/// What a trial is measured by.
using trial_amount = std::function<double(const trial_result&)>;

/// The amount of each repetition of a line, by seed and number, without interrupted ones; of a line with
/// studies one of each study, the median of its repetitions: these share what tuning chose, and are no
/// independent measurements of the method.
std::vector<double> amounts_of(const trial_group& line, const trial_amount& amount);

/// The same amount of both lines in each repetition, or study, that both have.
struct score_pairs {
  std::vector<double> first;
  std::vector<double> second;
};

/// Pairs trials by seed and repetition, or studies by seed and number; interrupted trials pair with nothing.
score_pairs pair_amounts(const trial_group& first, const trial_group& second, const trial_amount& amount);

/// Whether both are the same in all pairs, of which there are several, but for rounding.
bool repetitions_alike(const score_pairs& pairs);

/// Pairs the final scores of two lines by seed and repetition; interrupted trials pair with nothing. Leaves
/// `adjusted_p_value` to adjust_for_family.
paired_summary pair_with(const trial_group& line, const trial_group& baseline, const std::string& metric);

/// Holm's correction over these pairs and the tests of the family that are not among them. Returns how many
/// tests it counts: those with a p-value.
std::size_t adjust_for_family(std::span<paired_summary> pairs, std::span<const paired_test> family);

}  // namespace ravine
