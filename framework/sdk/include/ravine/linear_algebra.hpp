#pragma once

#include <ravine/lapack.hpp>
#include <ravine/matrices.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

/// Factorisations of dense matrices by OpenBLAS's LAPACK, for rules that precondition by matrices. Matrices
/// are row-major spans, T is float or double. They allocate workspaces. xtensor-blas offers more of them, and
/// takes ten times as long to compile.
///
/// Each throws std::invalid_argument for sizes that do not fit, and std::runtime_error where LAPACK fails, as
/// it may on elements that are not finite.
namespace ravine {
namespace detail {

inline void check_size(const char* function, const char* what, std::size_t found, std::size_t expected) {
  if (found == expected) return;
  throw std::invalid_argument(std::string(function) + ": " + what + " has " + std::to_string(found) +
                              " elements, expected " + std::to_string(expected));
}

inline void check_info(const char* function, blasint info, const char* problem) {
  if (info == 0) return;
  throw std::runtime_error(std::string(function) + ": " + problem + " (LAPACK's info " +
                           std::to_string(info) + "); are the elements finite?");
}

inline blasint blas_size(std::size_t n) { return static_cast<blasint>(n); }

/// Calls run(work, lwork) twice: to be told how much workspace is best, and with as much.
template <class T, class Run>
void with_workspace(Run run) {
  T best = 0;
  const blasint ask = -1;
  run(&best, &ask);
  std::vector<T> work(std::max(std::size_t{1}, static_cast<std::size_t>(best)));
  const blasint size = blas_size(work.size());
  run(work.data(), &size);
}

}  // namespace detail

/// A = V' diag(values) V for a symmetric matrix `a` (n x n), n = values.size(): the eigenvalues in ascending
/// order, and in place of `a` the eigenvectors: row i is that of values[i], of length 1.
template <class T>
void eigh(std::span<T> a, std::span<T> values) {
  detail::check_size("eigh", "the matrix", a.size(), values.size() * values.size());
  const blasint n = detail::blas_size(values.size()), integers = 3 + 5 * n;
  std::vector<blasint> iwork(static_cast<std::size_t>(integers));
  blasint info = 0;
  detail::with_workspace<T>([&](T* work, const blasint* size) {
    detail::lapack<T>::syevd("V", "L", &n, a.data(), &n, values.data(), work, size, iwork.data(), &integers,
                             &info);
  });
  detail::check_info("eigh", info, "the eigenvalues did not converge");
}

/// Writes to `result` a function of a symmetric matrix `a` (both n x n): the same eigenvectors with
/// map(value, largest) for each eigenvalue, `largest` being the largest of them.
template <class T, class Map>
void map_eigenvalues(std::span<const T> a, std::span<T> result, Map map) {
  const std::size_t n = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(a.size()))));
  detail::check_size("map_eigenvalues", "the matrix", a.size(), n * n);
  detail::check_size("map_eigenvalues", "the result", result.size(), n * n);
  if (n == 0) return;
  std::vector<T> vectors(a.begin(), a.end()), values(n);
  eigh<T>(vectors, values);
  std::vector<T> scaled(vectors);
  for (std::size_t i = 0; i < n; ++i) {
    const T value = map(values[i], values[n - 1]);
    for (std::size_t k = 0; k < n; ++k) scaled[i * n + k] *= value;
  }
  multiply(transposed(std::span(scaled), n), matrix(std::span(vectors), n), result);
}

/// Writes to `root` the symmetric square root of a symmetric positive semidefinite matrix `a` (both n x n).
/// What rounding makes of eigenvalues near 0 counts as the largest times the precision of T, so that no
/// direction is lost.
template <class T>
void square_root(std::span<const T> a, std::span<T> root) {
  map_eigenvalues(a, root, [](T value, T largest) {
    return std::sqrt(std::max(value, largest * std::numeric_limits<T>::epsilon()));
  });
}

/// A = Q R for `a` (rows x columns, columns <= rows): in place of `a` the orthonormal columns of Q.
template <class T>
void orthonormalise(std::span<T> a, std::size_t columns) {
  const std::size_t rows = columns == 0 ? 0 : a.size() / columns;
  detail::check_size("orthonormalise", "the matrix", a.size(), rows * columns);
  if (rows < columns)
    throw std::invalid_argument("orthonormalise: more columns than rows: give the transpose");
  // For LAPACK it is the transpose, columns x rows, with A' = L Q.
  const blasint m = detail::blas_size(columns), n = detail::blas_size(rows);
  std::vector<T> tau(columns);
  blasint info = 0;
  detail::with_workspace<T>([&](T* work, const blasint* size) {
    detail::lapack<T>::gelqf(&m, &n, a.data(), &m, tau.data(), work, size, &info);
  });
  detail::with_workspace<T>([&](T* work, const blasint* size) {
    detail::lapack<T>::orglq(&m, &n, &m, a.data(), &m, tau.data(), work, size, &info);
  });
  detail::check_info("orthonormalise", info, "a wrong argument");
}

/// A = L L' for a symmetric positive definite matrix `a` (n x n): in place of `a` the lower triangle L, with
/// zeros above it. Throws std::runtime_error if `a` is not positive definite.
template <class T>
void cholesky(std::span<T> a, std::size_t n) {
  detail::check_size("cholesky", "the matrix", a.size(), n * n);
  const blasint size = detail::blas_size(n);
  blasint info = 0;
  detail::lapack<T>::potrf("U", &size, a.data(), &size, &info);  // its upper half is our lower one
  detail::check_info("cholesky", info, "the matrix is not positive definite");
  for (std::size_t i = 0; i < n; ++i) std::fill_n(a.data() + i * n + i + 1, n - i - 1, T{0});
}

/// Solves A x = b for a square matrix `a` (n x n, overwritten): x in place of `b`, n = b.size(). Throws
/// std::runtime_error if `a` is singular.
template <class T>
void solve(std::span<T> a, std::span<T> b) {
  detail::check_size("solve", "the matrix", a.size(), b.size() * b.size());
  const blasint n = detail::blas_size(b.size()), one = 1;
  std::vector<blasint> pivots(b.size());
  blasint info = 0;
  detail::lapack<T>::getrf(&n, &n, a.data(), &n, pivots.data(), &info);
  detail::check_info("solve", info, "the matrix is singular");
  detail::lapack<T>::getrs("T", &n, &one, a.data(), &n, pivots.data(), b.data(), &n, &info);
}

/// A = U diag(values) V' with r = min(rows, columns) singular values, descending.
template <class T>
struct singular_values {
  std::vector<T> u;       ///< rows x r, orthonormal columns
  std::vector<T> values;  ///< r
  std::vector<T> vt;      ///< r x columns, orthonormal rows
};

/// The thin singular value decomposition of `a` (rows x columns), which is overwritten.
template <class T>
singular_values<T> svd(std::span<T> a, std::size_t columns) {
  const std::size_t rows = columns == 0 ? 0 : a.size() / columns, r = std::min(rows, columns);
  detail::check_size("svd", "the matrix", a.size(), rows * columns);
  singular_values<T> found{std::vector<T>(rows * r), std::vector<T>(r), std::vector<T>(r * columns)};
  // For LAPACK it is the transpose, columns x rows, with A' = V diag(values) U'.
  const blasint m = detail::blas_size(columns), n = detail::blas_size(rows), k = detail::blas_size(r);
  std::vector<blasint> iwork(8 * r);
  blasint info = 0;
  detail::with_workspace<T>([&](T* work, const blasint* size) {
    detail::lapack<T>::gesdd("S", &m, &n, a.data(), &m, found.values.data(), found.vt.data(), &m,
                             found.u.data(), &k, work, size, iwork.data(), &info);
  });
  detail::check_info("svd", info, "the singular values did not converge");
  return found;
}

}  // namespace ravine
