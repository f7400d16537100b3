#include "compare/paired_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine {
namespace {

/// Far above the error of one subtraction, far below any difference between two optimizers.
constexpr double score_rounding = 1e-12;

bool same_score(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return a == b;
  return std::abs(a - b) <= score_rounding * std::max(std::abs(a), std::abs(b));
}

}  // namespace

std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differences.push_back(same_score(a[i], b[i]) ? 0 : a[i] - b[i]);
  }
  return differences;
}

double probability_better(std::span<const double> differences, better sign) {
  double ahead = 0;
  for (const double difference : differences) {
    if (std::isnan(difference)) return std::numeric_limits<double>::quiet_NaN();
    const bool won = sign == better::negative ? difference < 0 : difference > 0;
    ahead += difference == 0 ? 0.5 : won ? 1 : 0;
  }
  return ahead / static_cast<double>(differences.size());
}

}  // namespace ravine
