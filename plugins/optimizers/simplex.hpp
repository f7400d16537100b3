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
    const std::span<double> before = losses.first(i);
    const auto first_higher = std::upper_bound(before.begin(), before.end(), losses[i]);
    const auto place = static_cast<std::size_t>(first_higher - before.begin()), count = i + 1 - place;
    last_first(losses.subspan(place, count), 1);
    last_first(points.subspan(place * n, count * n), n);
  }
  template <class U>
  static void last_first(std::span<U> all, std::size_t count) {
    std::rotate(all.begin(), all.last(count).begin(), all.end());
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
