#pragma once

#include <span>
#include <vector>

namespace ravine {

/// a - b, pair by pair; 0 where neither is ahead: both are the same infinity, or within 1e-12 of the larger,
/// which is rounding. NaN where one is NaN.
std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b);

/// Which sign of a difference is the better one.
enum class better { negative, positive };

/// The share of pairs in which the first is ahead; a tie is half of one. 0.5: neither is better. NaN without
/// pairs, or if a difference is NaN.
double probability_better(std::span<const double> differences, better sign);

}  // namespace ravine
