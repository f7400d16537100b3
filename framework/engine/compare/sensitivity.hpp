#pragma once

#include <cstddef>
#include <limits>
#include <span>

namespace ravine {

enum class direction { lower_is_better, higher_is_better };

/// How a score depends on one hyperparameter.
struct tolerance_range {
  std::size_t best = 0;  ///< index of the best score, the first of equal ones
  double lower = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();
  double width = std::numeric_limits<double>::quiet_NaN();    ///< upper - lower
  double decades = std::numeric_limits<double>::quiet_NaN();  ///< log10(upper / lower); NaN unless lower > 0
};

/// The tried values around the best one whose scores are within `share` of the best score: at most
/// best + share |best| where lower is better, at least best - share |best| elsewhere. It ends at the first
/// value that is worse; what lies between tried values is not guessed. `values` ascend, `scores` belong to
/// them; NaN scores are worst. All NaN without a finite score.
tolerance_range tolerance(std::span<const double> values, std::span<const double> scores, direction better,
                          double share = 0.05);

}  // namespace ravine
