#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

/// Sums and products over whole parameter vectors, for rules that are not elementwise.
namespace ravine {

/// a b, summed in double.
template <class T>
double dot(std::span<const T> a, std::span<const T> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// The sum of the elements' sizes.
template <class T>
double sum_of_sizes(std::span<const T> a) {
  double sum = 0;
  for (const T x : a) sum += std::abs(static_cast<double>(x));
  return sum;
}

/// The size of the largest element; 0 for none, NaN where one is NaN.
template <class T>
double largest(std::span<const T> a) {
  double most = 0;
  for (const T x : a) {
    if (std::isnan(x)) return std::numeric_limits<double>::quiet_NaN();
    most = std::max(most, std::abs(static_cast<double>(x)));
  }
  return most;
}

/// to <- to + factor x from
template <class T>
void add_scaled(std::span<T> to, double factor, std::span<const T> from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += static_cast<T>(factor) * from[i];
}

}  // namespace ravine
