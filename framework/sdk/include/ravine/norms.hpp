#pragma once

#include <ravine/vectors.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

/// Sums over many elements, for rules that need norms of tensors.
namespace ravine {

/// The sum of term(i) for i = 0 … n - 1, added up in double. Eight partial sums, because the compiler may
/// not reorder additions by itself: so the loop is vectorised, and rounds the same everywhere.
template <class Term>
double sum(std::size_t n, Term term) {
  using eight = typename vector_of<double, 64>::type;
  constexpr std::size_t lanes = vector_of<double, 64>::lanes, block = 32 * lanes;
  double partial[lanes];
  on_widest_vectors([&](auto) {
    eight sums = {};
    double terms[block];
    for (std::size_t first = 0; first < n; first += block) {
      const std::size_t count = std::min(block, n - first);
      for (std::size_t k = 0; k < count; ++k) terms[k] = static_cast<double>(term(first + k));
      for (std::size_t k = count; k % lanes != 0; ++k) terms[k] = 0;
      for (std::size_t k = 0; k < count; k += lanes) sums += *reinterpret_cast<const eight*>(terms + k);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) partial[lane] = sums[lane];
  });
  return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
         ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

/// Euclidean norm; Frobenius norm of a matrix.
template <class T>
double norm(std::span<T> x) {
  return std::sqrt(sum(x.size(), [x](std::size_t i) { return static_cast<double>(x[i]) * x[i]; }));
}

/// Root of the mean square.
template <class T>
double rms(std::span<T> x) {
  return norm(x) / std::sqrt(static_cast<double>(x.size()));
}

}  // namespace ravine
