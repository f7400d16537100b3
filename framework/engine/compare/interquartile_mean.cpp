#include "compare/interquartile_mean.hpp"

#include "compare/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ravine {

double sorted_interquartile_mean(std::span<const double> sorted) {
  const std::size_t cut = sorted.size() / 4;
  return mean(sorted.subspan(cut, sorted.size() - 2 * cut));
}

double interquartile_mean(std::span<const double> values) {
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted_interquartile_mean(sorted);
}

}  // namespace ravine
