#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace ravine {

/// n + 1 points with their losses, kept in ascending order.
template <class T>
struct simplex {
  std::size_t n;
  std::span<T> points;
  std::span<double> losses;

  std::span<T> vertex(std::size_t i) const { return points.subspan(i * n, n); }

  /// Puts vertex i behind those before it whose losses are no higher.
  void insert(std::size_t i) const {
    const auto place = std::upper_bound(losses.begin(), losses.begin() + i, losses[i]) - losses.begin();
    std::rotate(losses.begin() + place, losses.begin() + i, losses.begin() + i + 1);
    std::rotate(points.begin() + place * n, points.begin() + i * n, points.begin() + (i + 1) * n);
  }
  void sort() const {
    for (std::size_t i = 1; i <= n; ++i) insert(i);
  }
  void replace_worst(std::span<const T> point, double loss) const {
    std::ranges::copy(point, vertex(n).begin());
    losses[n] = loss;
    insert(n);
  }
};

}  // namespace ravine
