#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// Mean cross-entropy (natural logarithm) of softmax over scores, labels.size() x classes, row-major.
/// With `scores_to_gradient` the scores are overwritten by the loss's gradient with respect to them:
/// (softmax - one-hot) / labels.size().
enum class cross_entropy_output { loss_only, scores_to_gradient };

template <class T>
double cross_entropy(std::span<T> scores, std::span<const std::int32_t> labels, std::size_t classes,
                     cross_entropy_output output) {
  const T share = T{1} / static_cast<T>(labels.size());
  double total = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::span<T> row = scores.subspan(i * classes, classes);
    T& labelled = row[static_cast<std::size_t>(labels[i])];
    const T highest = *std::max_element(row.begin(), row.end());  // keeps exp from overflowing
    const T margin = labelled - highest;
    T sum = 0;
    if (output == cross_entropy_output::loss_only) {
      for (T score : row) sum += std::exp(score - highest);
    } else {
      for (T& score : row) sum += score = std::exp(score - highest);
      const T scale = share / sum;
      for (T& score : row) score *= scale;
      labelled -= share;
    }
    total += static_cast<double>(std::log(sum) - margin);
  }
  return total / static_cast<double>(labels.size());
}

}  // namespace ravine
