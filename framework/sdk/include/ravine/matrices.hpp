#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <cblas.h>

/// Products of dense matrices on OpenBLAS. Matrices are row-major, in memory that someone else owns.
namespace ravine {

/// A matrix as a factor of a product: rows x columns, made by matrix() or transposed().
template <class T>
struct matrix_factor {
  const T* data;
  std::size_t rows, columns;
  CBLAS_TRANSPOSE order;

  std::size_t leading() const {
    return order == CblasNoTrans ? columns : rows;
  }  ///< length of a row in memory
};

/// The elements as a matrix of that many columns.
template <class T>
matrix_factor<std::remove_const_t<T>> matrix(std::span<T> elements, std::size_t columns) {
  return {elements.data(), elements.size() / columns, columns, CblasNoTrans};
}
/// The transpose of that matrix.
template <class T>
matrix_factor<std::remove_const_t<T>> transposed(std::span<T> elements, std::size_t columns) {
  return {elements.data(), columns, elements.size() / columns, CblasTrans};
}

/// c <- alpha a b + beta c, c with a's rows and b's columns. T is float or double; c overlaps neither factor.
template <class T>
void multiply(const matrix_factor<T>& a, const matrix_factor<T>& b, std::span<T> c,
              std::type_identity_t<T> alpha = 1, std::type_identity_t<T> beta = 0) {
  const auto size = [](std::size_t n) { return static_cast<blasint>(n); };
  const auto run = [&](auto gemm) {
    gemm(CblasRowMajor, a.order, b.order, size(a.rows), size(b.columns), size(a.columns), alpha, a.data,
         size(a.leading()), b.data, size(b.leading()), beta, c.data(), size(b.columns));
  };
  if constexpr (std::is_same_v<T, float>) {
    run(cblas_sgemm);
  } else {
    run(cblas_dgemm);
  }
}

/// c <- alpha a a' + beta c for a symmetric c: half the work of multiply.
template <class T>
void multiply_by_transpose(const matrix_factor<T>& a, std::span<T> c, std::type_identity_t<T> alpha = 1,
                           std::type_identity_t<T> beta = 0) {
  const auto n = static_cast<blasint>(a.rows), k = static_cast<blasint>(a.columns);
  const auto run = [&](auto syrk) {
    syrk(CblasRowMajor, CblasLower, a.order, n, k, alpha, a.data, static_cast<blasint>(a.leading()), beta,
         c.data(), n);
  };
  if constexpr (std::is_same_v<T, float>) {
    run(cblas_ssyrk);
  } else {
    run(cblas_dsyrk);
  }
  for (std::size_t row = 1; row < a.rows; ++row) {
    for (std::size_t column = 0; column < row; ++column) c[column * a.rows + row] = c[row * a.rows + column];
  }
}

}  // namespace ravine
