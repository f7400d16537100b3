#include "compare/holm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ravine {

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  double least = 0;  // an adjusted p-value is never below that of a smaller one
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto tests_left = static_cast<double>(order.size() - k);
    least = std::max(least, std::min(1.0, tests_left * p_values[order[k]]));
    adjusted[order[k]] = least;
  }
  return adjusted;
}

}  // namespace ravine
