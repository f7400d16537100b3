#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ravine {

/// Outcome of the signed-rank test.
struct wilcoxon_result {
  std::size_t count = 0;  ///< differences that are not zero
  double statistic = 0;   ///< the smaller of the rank sums of positive and negative differences
  double p_value = 1;     ///< two-sided
};

/// Wilcoxon's signed-rank test that the differences are symmetric about 0 (Wilcoxon 1945). Zeros are left
/// out, as by scipy's zero_method "wilcox"; sizes within 1e-9 of each other are tied and share their mean
/// rank. Up to 50 differences the p-value is exact, over all 2^n signs of the ranks as they are: scipy's
/// "exact" without ties, and its permutation_test of the signed ranks with them. Above, the normal
/// approximation with the variance corrected for ties, as scipy's "approx". Infinite differences are the
/// largest, tied with each other. With no difference left p is 1: nothing speaks against equality. Any NaN
/// makes statistic and p NaN. Five pairs can't get below p = 0.0625.
wilcoxon_result wilcoxon_signed_rank(std::span<const double> differences);

/// What the test rejects on one side.
struct rank_sum_tail {
  std::uint64_t rank_sum = 0;  ///< and all below it
  double share = 0;            ///< chance of such a sum without a difference
};

/// The largest rank sum of `count` untied differences that is reached or undercut with a chance of at most
/// `share`, by the same distribution as the test's p-value. Nothing if even 0 is too likely.
std::optional<rank_sum_tail> widest_tail(std::size_t count, double share);

}  // namespace ravine
