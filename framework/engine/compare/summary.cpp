#include "compare/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace ravine {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) return unknown;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return unknown;
  // From the first value on: equal values have no spread at all, not that of the rounding of their mean.
  std::vector<double> shifted;
  for (const double value : values) shifted.push_back(value - values.front());
  const double center = mean(shifted);
  double squares = 0;
  for (const double value : shifted) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double correlation(std::span<const double> first, std::span<const double> second) {
  if (first.size() < 2) return unknown;
  const double deviations = standard_deviation(first) * standard_deviation(second);
  if (!std::isfinite(deviations) || deviations == 0) return unknown;
  const double first_mean = mean(first), second_mean = mean(second);
  double products = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    products += (first[i] - first_mean) * (second[i] - second_mean);
  }
  return std::clamp(products / static_cast<double>(first.size() - 1) / deviations, -1.0, 1.0);
}

double sorted_quantile(std::span<const double> sorted, double share) {
  if (sorted.empty()) return unknown;
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double weight = place - static_cast<double>(below);
  if (weight == 0 || sorted[below] == sorted[below + 1]) return sorted[below];
  return std::lerp(sorted[below], sorted[below + 1], weight);
}

double quantile(std::span<const double> values, double share) {
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) return unknown;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted_quantile(sorted, share);
}

double median(std::span<const double> values) { return quantile(values, 0.5); }

}  // namespace ravine
