#pragma once

#include "compare/grouping.hpp"
#include "compare/signed_rank_interval.hpp"

#include <cstddef>
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
  /// Both have the same score in each repetition but for rounding, as on a landscape without noise: many
  /// times one measurement, of which no test can say more. The p-values are NaN then.
  bool repetitions_alike = false;
  double p_value = 1;           ///< Wilcoxon's signed-rank test, two-sided
  double adjusted_p_value = 1;  ///< by Holm, over all pairs of the comparison
};

/// Pairs the final scores of two lines by seed and repetition; interrupted trials pair with nothing. Leaves
/// `adjusted_p_value` to adjust_for_family.
paired_summary pair_with(const trial_group& line, const trial_group& baseline, const std::string& metric);

/// Holm's correction, over all of them as one family.
void adjust_for_family(std::span<paired_summary> pairs);

}  // namespace ravine
