#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// The share of labels whose class is among the k of highest score. `scores` are labels.size() x classes,
/// row-major; of equal scores the first counts as higher, so that top 1 is the accuracy. What
/// is no number counts as higher than anything.
template <class T>
double top_accuracy(std::span<const T> scores, std::span<const std::int32_t> labels, std::size_t classes,
                    std::size_t k) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::span<const T> row = scores.subspan(i * classes, classes);
    const auto label = static_cast<std::size_t>(labels[i]);
    const T own = row[label];
    const auto before = std::ranges::count_if(row.first(label), [=](T score) { return !(score < own); });
    const auto after =
        std::ranges::count_if(row.subspan(label + 1), [=](T score) { return !(score <= own); });
    if (static_cast<std::size_t>(before + after) < k) ++found;
  }
  return static_cast<double>(found) / static_cast<double>(labels.size());
}

}  // namespace ravine
