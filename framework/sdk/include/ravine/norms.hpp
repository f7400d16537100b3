#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

/// Sums over many elements, for rules that need norms of tensors.
namespace ravine {

/// The sum of term(i) for i = 0 … n - 1, added up in double. Eight partial sums, because the compiler may
/// not reorder additions by itself: so the loop is vectorised, and rounds the same everywhere.
template <class Term>
double sum(std::size_t n, Term term) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> partial{};
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) partial[lane] += static_cast<double>(term(i + lane));
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) partial[lane] += static_cast<double>(term(i));
  return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
         ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

/// Euclidean norm; Frobenius norm of a matrix.
template <class T>
double norm(std::span<T> x) {
  return std::sqrt(sum(x.size(), [x](std::size_t i) { return static_cast<double>(x[i]) * x[i]; }));
}

}  // namespace ravine
