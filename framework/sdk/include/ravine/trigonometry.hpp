#pragma once

#include <cmath>
#include <numbers>

/// Sine and cosine of multiples of pi. The argument is reduced before it is multiplied by pi, so that they
/// are exact where std::sin(pi x) is off by rounding: at whole and half numbers, where benchmark functions
/// have their minima, and for large x in single precision.
namespace ravine {

template <class T>
T sin_pi(T x) {
  T turn = x - 2 * std::round(x / 2);  // exact, in [-1, 1]
  if (std::abs(turn) > T(0.5)) turn = std::copysign(T(1), turn) - turn;
  return std::sin(std::numbers::pi_v<T> * turn);
}

template <class T>
T cos_pi(T x) {
  const T turn = std::abs(x - 2 * std::round(x / 2));
  return std::sin(std::numbers::pi_v<T> * (T(0.5) - turn));
}

}  // namespace ravine
