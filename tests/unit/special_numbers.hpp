#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine::testing {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The larger of two differences, for the largest of many. Infinite where the next one is NaN, which std::max
/// passes over.
inline double larger(double most, double next) { return std::isnan(next) ? infinity : std::max(most, next); }

}  // namespace ravine::testing
