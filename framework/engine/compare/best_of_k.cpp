#include "compare/best_of_k.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine {
namespace {

/// Of k of the scores, which are sorted, the best one first.
double expected_best(std::span<const double> best_first, std::size_t k) {
  constexpr double negligible = 1e-20;  // beside the sum: with thousands of scores nearly all are
  const std::size_t n = best_first.size();
  // The worst that the best of k can be: if that is infinite, so is the mean, however small the chance.
  if (std::isinf(best_first[n - k])) return best_first[n - k];
  // The chance that the best of k is at place i (from 0): k / n at the top, then by the ratio of binomials.
  double chance = static_cast<double>(k) / static_cast<double>(n);
  double sum = 0;
  const double greatest = std::max(std::abs(best_first[0]), std::abs(best_first[n - k]));
  for (std::size_t i = 0; i + k <= n; ++i) {
    if (chance * greatest * static_cast<double>(n) <= negligible * std::abs(sum)) break;
    sum += chance * best_first[i];
    if (i + k < n) chance *= static_cast<double>(n - i - k) / static_cast<double>(n - i - 1);
  }
  return sum;
}

}  // namespace

std::vector<double> expected_best_of_k(std::span<const double> scores, direction better) {
  if (std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) {
    return std::vector<double>(scores.size(), std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<double> best_first(scores.begin(), scores.end());
  std::ranges::sort(best_first);
  if (better == direction::higher_is_better) std::ranges::reverse(best_first);
  const std::size_t n = best_first.size();
  std::vector<double> expected;
  for (std::size_t k = 1; k <= n; ++k) expected.push_back(expected_best(best_first, k));
  return expected;
}

}  // namespace ravine
