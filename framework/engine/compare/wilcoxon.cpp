#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
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

/// The share of sign patterns with each positive rank sum from 0 to `doubled_sum`: each rank is added to
/// every sum so far, or not.
std::vector<double> shares_up_to(std::span<const std::uint64_t> doubled_ranks, std::uint64_t doubled_sum) {
  std::vector<double> shares(doubled_sum + 1, 0.0);
  shares[0] = 1;
  for (const std::uint64_t rank : doubled_ranks) {
    for (std::uint64_t sum = doubled_sum + 1; sum-- > 0;) {
      const double with = sum >= rank ? shares[sum - rank] : 0;
      shares[sum] = (shares[sum] + with) / 2;
    }
  }
  return shares;
}

double exact_p_value(const std::vector<ranked>& all, std::uint64_t doubled_sum) {
  std::vector<std::uint64_t> doubled_ranks;
  doubled_ranks.reserve(all.size());
  for (const ranked& each : all) doubled_ranks.push_back(each.doubled_rank);
  const std::vector<double> shares = shares_up_to(doubled_ranks, doubled_sum);
  return 2 * std::accumulate(shares.begin(), shares.end(), 0.0);
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
      all.size() <= most_exact ? exact_p_value(all, least) : approximate_p_value(all, statistic);
  return {all.size(), statistic, std::min(p_value, 1.0)};
}

std::optional<rank_sum_tail> widest_tail(std::size_t count, double share) {
  const auto n = static_cast<double>(count);
  const double middle = n * (n + 1) / 4;
  if (count > most_exact) {
    const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
    const boost::math::normal standard;
    const double sum = std::floor(middle + deviation * boost::math::quantile(standard, share));
    if (sum < 0) return std::nullopt;
    return rank_sum_tail{static_cast<std::uint64_t>(sum),
                         boost::math::cdf(standard, (sum - middle) / deviation)};
  }
  std::vector<std::uint64_t> doubled_ranks;
  for (std::uint64_t rank = 1; rank <= count; ++rank) doubled_ranks.push_back(2 * rank);
  std::optional<rank_sum_tail> found;
  double total = 0;
  const std::vector<double> shares = shares_up_to(doubled_ranks, count * (count + 1) / 2);
  for (std::uint64_t sum = 0; 2 * sum < shares.size(); ++sum) {
    total += shares[2 * sum];
    if (total > share) break;
    found = {sum, total};
  }
  return found;
}

}  // namespace ravine
