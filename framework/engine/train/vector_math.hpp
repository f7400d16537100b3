#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace ravine {

/// Sums in double over eight lanes: the compiler may vectorise it, and the order of additions, hence the
/// result, never depends on how it does.
template <class Term>
double sum_in_lanes(std::size_t n, Term term) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(i + lane);
  }
  for (; i < n; ++i) sums[i % lanes] += term(i);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// Euclidean norm. Finite for all finite elements whose norm is below the largest double.
template <class T>
double norm(std::span<const T> x) {
  const auto scaled_by = [x](double factor) {
    return std::sqrt(sum_in_lanes(x.size(), [x, factor](std::size_t i) {
      const double value = static_cast<double>(x[i]) * factor;
      return value * value;
    }));
  };
  const double direct = scaled_by(1);
  constexpr double small = 0x1p-600;  // a square of any double times this is finite
  return std::isinf(direct) ? scaled_by(small) / small : direct;
}

/// Euclidean norm of a - b.
template <class T>
double distance(std::span<const T> a, std::span<const T> b) {
  return std::sqrt(sum_in_lanes(a.size(), [a, b](std::size_t i) {
    const double value = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    return value * value;
  }));
}

/// Whether no element is infinite or NaN.
bool all_finite(std::span<const float> x);
bool all_finite(std::span<const double> x);

/// Whether any element lies below `lowest` or above `highest`.
bool any_beyond(std::span<const float> x, double lowest, double highest);
bool any_beyond(std::span<const double> x, double lowest, double highest);

template <class T>
void scale(std::span<T> x, double factor) {
  for (T& value : x) value *= static_cast<T>(factor);
}

/// Clamps each element to [-bound, bound].
template <class T>
void clamp(std::span<T> x, double bound) {
  const T limit = static_cast<T>(bound);
  for (T& value : x) value = std::clamp(value, -limit, limit);
}

}  // namespace ravine
