#pragma once

#include "compare/summaries.hpp"

#include <span>
#include <vector>

namespace ravine {

/// Ranks from 1, the least, on; equal values share the mean of theirs (scipy.stats.rankdata, "average"). NaN
/// ranks with infinity.
std::vector<double> shared_ranks(std::span<const double> values);

/// Adds the mean ranks of the optimizers that were run on all problems, if there are two of each: by the
/// median cost to the hardest target, or by the median score where a problem has none. The interval is a
/// percentile bootstrap of the repetitions within each problem: it says how firm the ranks on these problems
/// are, not what they would be on others. Unknown where a line has fewer than 5 repetitions.
void add_mean_ranks(comparison& compared);

}  // namespace ravine
