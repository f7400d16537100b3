#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

/// exp, tanh and the like without branches and calls, so that compilers turn loops over them into vectors
/// (the C library's compute one element at a time), and sums in an order that does not depend on the width
/// of these vectors. The same bits on every processor. What is no number stays so.
namespace ravine {

namespace detail {

/// The bits of a float or double: 2^n is made from its exponent.
template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
struct exponential_constants;
template <>
struct exponential_constants<float> {
  static constexpr float lowest = -87, highest = 88;
  static constexpr float shift = 12582912;         // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float ln2_high = 0.693359375F;  // nine bits: n times it is exact
  static constexpr float ln2_low = -2.12194440e-4F;
  static constexpr int terms = 7, mantissa = 23, bias = 127;
};
template <>
struct exponential_constants<double> {
  static constexpr double lowest = -708, highest = 709;
  static constexpr double shift = 6755399441055744;        // 1.5 * 2^52
  static constexpr double ln2_high = 6.93145751953125e-1;  // 20 bits
  static constexpr double ln2_low = 1.42860682030941723212e-6;
  static constexpr int terms = 13, mantissa = 52, bias = 1023;
};

/// 1 / k!
template <class T>
constexpr T inverse_factorial(int k) {
  double product = 1;
  for (int i = 2; i <= k; ++i) product *= i;
  return static_cast<T>(1 / product);
}

/// e^x = scale (1 + rest), scale a power of two and rest = e^r - 1 for an r of at most ln(2) / 2: the Taylor
/// series, whose first omitted term is below half a unit in the last place.
template <class T>
struct split_exponential {
  T scale, rest;

  explicit split_exponential(T x) {
    using c = exponential_constants<T>;
    x = x < c::lowest ? c::lowest : x;
    x = x > c::highest ? c::highest : x;
    const T shifted = x * static_cast<T>(1.4426950408889634) + c::shift;
    const T n = shifted - c::shift;
    const T r = (x - n * c::ln2_high) - n * c::ln2_low;
    T sum = inverse_factorial<T>(c::terms);
#pragma GCC unroll 16
    for (int k = c::terms - 1; k >= 2; --k) sum = sum * r + inverse_factorial<T>(k);
    rest = r + r * r * sum;
    // The integer stands in the lowest bits of `shifted`.
    const auto exponent = static_cast<bits_of<T>>(std::bit_cast<bits_of<T>>(shifted) + c::bias);
    scale = std::bit_cast<T>(static_cast<bits_of<T>>(exponent << c::mantissa));
  }
};

}  // namespace detail

/// e^x, to 2 units in the last place; between the smallest and the largest normal number, never 0 or
/// infinite.
template <class T>
inline T vector_exp(T x) {
  const detail::split_exponential<T> e(x);
  return e.scale + e.scale * e.rest;
}

/// 1 / (1 + e^-x)
template <class T>
inline T vector_sigmoid(T x) {
  return 1 / (1 + vector_exp(-x));
}

/// tanh from e^(2x) - 1, which loses no digits near 0.
template <class T>
inline T vector_tanh(T x) {
  constexpr T flat = sizeof(T) == 4 ? 10 : 20;  // 1 from here on
  x = x < -flat ? -flat : x;
  x = x > flat ? flat : x;
  const detail::split_exponential<T> e(2 * x);
  const T less_one = e.scale * e.rest + (e.scale - 1);
  return less_one / (less_one + 2);
}

/// The standard normal distribution function. In float, formula 7.1.26 of Abramowitz & Stegun (1964), off by
/// at most 3e-7; in double the C library's erfc.
template <class T>
inline T vector_normal_cdf(T x) {
  if constexpr (sizeof(T) == 4) {
    const T size = x < 0 ? -x : x;
    const T t = 1 / (1 + T(0.3275911 * 0.70710678118654752) * size);
    const T sum = ((((T(1.061405429) * t - T(1.453152027)) * t + T(1.421413741)) * t - T(0.284496736)) * t +
                   T(0.254829592)) *
                  t;
    const T tail = sum * vector_exp(-x * x / 2) / 2;
    return x < 0 ? tail : 1 - tail;
  } else {
    return std::erfc(-x * T(0.70710678118654752)) / 2;
  }
}

/// The sum of term(0) … term(count - 1), in as many partial sums as a cache line has elements.
template <class T, class Term>
inline T vector_sum(std::size_t count, Term term) {
  constexpr std::size_t lanes = 64 / sizeof(T);
  T sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) sums[k] += term(i + k);
  }
  for (std::size_t k = 0; i + k < count; ++k) sums[k] += term(i + k);
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  }
  return sums[0];
}

}  // namespace ravine
