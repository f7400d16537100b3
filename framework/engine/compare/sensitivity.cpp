#include "compare/sensitivity.hpp"

#include <cmath>

namespace ravine {

tolerance_range tolerance(std::span<const double> values, std::span<const double> scores, direction better,
                          double share) {
  constexpr double worst = std::numeric_limits<double>::infinity();
  const auto badness = [&](std::size_t i) {
    if (!std::isfinite(scores[i])) return worst;
    return better == direction::lower_is_better ? scores[i] : -scores[i];
  };
  tolerance_range range;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    if (badness(i) < badness(range.best)) range.best = i;
  }
  if (scores.empty() || badness(range.best) == worst) return {};
  const double limit = badness(range.best) + share * std::abs(badness(range.best));
  std::size_t first = range.best;
  std::size_t last = range.best;
  while (first > 0 && badness(first - 1) <= limit) --first;
  while (last + 1 < values.size() && badness(last + 1) <= limit) ++last;
  range.lower = values[first];
  range.upper = values[last];
  range.width = range.upper - range.lower;
  if (range.lower > 0) range.decades = std::log10(range.upper / range.lower);
  return range;
}

}  // namespace ravine
