#include "compare/performance_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine {

std::vector<double> performance_ratios(std::span<const double> costs) {
  constexpr double never = std::numeric_limits<double>::infinity();
  double best = never;
  for (const double cost : costs) best = std::fmin(best, cost);
  std::vector<double> ratios;
  for (const double cost : costs) {
    const bool solved = std::isfinite(cost);
    ratios.push_back(!solved ? never : cost == best ? 1 : cost / best);
  }
  return ratios;
}

double profile_at(std::span<const double> ratios, double tau) {
  const auto within =
      std::ranges::count_if(ratios, [&](double ratio) { return std::isfinite(ratio) && ratio <= tau; });
  return static_cast<double>(within) / static_cast<double>(ratios.size());
}

}  // namespace ravine
