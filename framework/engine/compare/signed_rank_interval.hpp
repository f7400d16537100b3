#pragma once

#include "compare/bootstrap.hpp"

#include <limits>
#include <span>

namespace ravine {

/// Where paired differences lie, and how sure that is.
struct location {
  double estimate = std::numeric_limits<double>::quiet_NaN();
  interval range;
  /// The least chance that the interval covers the center of symmetric differences; NaN without interval.
  double confidence = std::numeric_limits<double>::quiet_NaN();
};

/// The Hodges-Lehmann estimate, which is the median of the means of every two differences and of each one,
/// and the interval that inverts Wilcoxon's signed-rank test: it holds the shifts of the differences that the
/// test does not reject (Hollander, Wolfe & Chicken 2014, sections 3.2 and 3.3). The confidence is at least
/// 95 %, and the next above that ranks can give. Below 6 differences none can: the interval then reaches from
/// the least to the greatest, and its confidence is 1 - 2^(1-n). Exact up to 50 differences, for symmetric
/// distributions without ties; ties make the interval wider than it need be. Above, by the normal
/// approximation. Both are finite while few differences are infinite; infinite ones of opposite sign average
/// 0, since Wilcoxon's test gives them one rank. One difference has no interval; none at all, or a NaN, gives
/// nothing. Takes n numbers of memory and about 256 n operations.
location signed_rank_location(std::span<const double> differences);

}  // namespace ravine
