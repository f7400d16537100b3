#include "compare/signed_rank_interval.hpp"

#include "compare/summary.hpp"
#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ravine {
namespace {

constexpr double tail = 0.025;

/// In ascending order, each difference with itself and with every other.
std::vector<double> walsh_averages(std::span<const double> differences) {
  std::vector<double> averages;
  averages.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t j = i; j < differences.size(); ++j) {
      const double average = differences[i] / 2 + differences[j] / 2;
      averages.push_back(std::isnan(average) ? 0 : average);  // of both infinities
    }
  }
  std::ranges::sort(averages);
  return averages;
}

}  // namespace

location signed_rank_location(std::span<const double> differences) {
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (differences.empty() || std::ranges::any_of(differences, is_nan)) return {};
  const std::vector<double> averages = walsh_averages(differences);
  location found;
  found.estimate = sorted_quantile(averages, 0.5);
  if (differences.size() == 1) return found;
  const rank_sum_tail rejected =
      widest_tail(differences.size(), tail)
          .value_or(rank_sum_tail{0, std::exp2(-static_cast<double>(differences.size()))});
  // Wilcoxon's rank sum is the number of averages beyond 0: so many at either end are beyond what it accepts.
  found.range = {averages[rejected.rank_sum], averages[averages.size() - 1 - rejected.rank_sum]};
  found.confidence = 1 - 2 * rejected.share;
  return found;
}

}  // namespace ravine
