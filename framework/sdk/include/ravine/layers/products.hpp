#pragma once

#include <ravine/arrays.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include <xtensor-blas/xblas.hpp>

/// Products of the matrices of a pass, by xtensor-blas on views of spans. Each adds to what it writes to.
namespace ravine {

/// Whether a factor is taken as it lies or turned.
enum class factor { as_is, transposed };

/// c += scale op(a) op(b), each a matrix of the given columns in memory.
template <class T>
void add_product(std::type_identity_t<std::span<const T>> a, std::size_t a_columns, factor a_is,
                 std::type_identity_t<std::span<const T>> b, std::size_t b_columns, factor b_is,
                 std::span<T> c, std::size_t c_columns, std::type_identity_t<T> scale = 1) {
  const auto left = as_array(a, a.size() / a_columns, a_columns);
  const auto right = as_array(b, b.size() / b_columns, b_columns);
  auto sum = as_array(c, c.size() / c_columns, c_columns);
  xt::blas::gemm(left, right, sum, a_is == factor::transposed, b_is == factor::transposed, scale, T{1});
}

/// y (rows x columns) = the vector b in every row.
template <class T>
void fill_rows(std::type_identity_t<std::span<const T>> b, std::span<T> y) {
  for (std::size_t at = 0; at < y.size(); at += b.size()) std::ranges::copy(b, y.data() + at);
}

/// sums (columns) += the rows of y (rows x columns).
template <class T>
void add_rows(std::type_identity_t<std::span<const T>> y, std::span<T> sums) {
  on_widest_vectors([&](auto) {
    const std::size_t columns = sums.size();
    T* const to = sums.data();
    for (const T* row = y.data(); row != y.data() + y.size(); row += columns) {
      for (std::size_t k = 0; k < columns; ++k) to[k] += row[k];
    }
  });
}

/// to += from
template <class T>
void add_to(std::span<T> to, std::type_identity_t<std::span<const T>> from) {
  on_widest_vectors([&](auto) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] += from[k];
  });
}

}  // namespace ravine
