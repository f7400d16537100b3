#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/math/distributions/normal.hpp>

namespace ravine {
namespace {

constexpr std::size_t most_exact = 50;

/// Differences of accuracies k/N that are the same fraction differ in their last bits; so do those of losses
/// that are equal but for the order of a sum.
constexpr double tie_rounding = 1e-9;

/// A difference without its sign, and twice its rank: mean ranks of ties end in a half.
struct ranked {
  double size = 0;
  bool positive = false;
  std::uint64_t doubled_rank = 0;
};

/// Of two sizes in ascending order; an infinite one is tied with no finite one.
bool tied(double smaller, double larger) {
  return smaller == larger || larger - smaller <= tie_rounding * smaller;
}

std::vector<ranked> rank_sizes(std::span<const double> differences) {
  std::vector<ranked> all;
  for (const double difference : differences) {
    if (difference != 0) all.push_back({std::abs(difference), difference > 0, 0});
  }
  std::ranges::sort(all, {}, &ranked::size);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && tied(all[begin].size, all[end].size)) ++end;
    // Ranks begin + 1 … end: twice their mean.
    for (std::size_t i = begin; i < end; ++i) all[i].doubled_rank = begin + end + 1;
    begin = end;
  }
  return all;
}

/// The share of sign patterns whose positive rank sum is at most `doubled_sum`: each rank is added to every
/// sum so far, or not.
double share_at_most(const std::vector<ranked>& all, std::uint64_t doubled_sum) {
  std::vector<double> share(doubled_sum + 1, 0.0);
  share[0] = 1;
  for (const ranked& each : all) {
    for (std::uint64_t sum = doubled_sum + 1; sum-- > 0;) {
      const double with = sum >= each.doubled_rank ? share[sum - each.doubled_rank] : 0;
      share[sum] = (share[sum] + with) / 2;
    }
  }
  double total = 0;
  for (const double each : share) total += each;
  return total;
}

double approximate_p_value(const std::vector<ranked>& all, double statistic) {
  const auto n = static_cast<double>(all.size());
  double variance = n * (n + 1) * (2 * n + 1) / 24;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].doubled_rank == all[begin].doubled_rank) ++end;
    const auto ties = static_cast<double>(end - begin);
    variance -= ties * (ties * ties - 1) / 48;
    begin = end;
  }
  const double z = (statistic - n * (n + 1) / 4) / std::sqrt(variance);
  return 2 * boost::math::cdf(boost::math::normal(), -std::abs(z));
}

}  // namespace

wilcoxon_result wilcoxon_signed_rank(std::span<const double> differences) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (const double difference : differences) {
    if (std::isnan(difference)) return {differences.size(), none, none};
  }
  const std::vector<ranked> all = rank_sizes(differences);
  if (all.empty()) return {};
  std::uint64_t positive = 0;
  for (const ranked& each : all) positive += each.positive ? each.doubled_rank : 0;
  const std::uint64_t total = all.size() * (all.size() + 1);
  const std::uint64_t least = std::min(positive, total - positive);
  const double statistic = static_cast<double>(least) / 2;
  const double p_value =
      all.size() <= most_exact ? 2 * share_at_most(all, least) : approximate_p_value(all, statistic);
  return {all.size(), statistic, std::min(p_value, 1.0)};
}

}  // namespace ravine
