#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>

namespace ravine {

/// An eigenvalue as far as it was found.
struct found_eigenvalue {
  double value = 0;
  double residual = 0;       ///< bound on its distance from the nearest eigenvalue of a symmetric matrix
  std::size_t products = 0;  ///< of the matrix and a vector
  /// How far the products have been from those of a symmetric matrix, as a share of its norm as far as that
  /// is known: differences across kinks may be far, and the value then rises without end.
  double asymmetry = 0;
};

/// Writes the product of a symmetric matrix and the first vector, of unit length, into the second.
using matrix_product = std::function<void(std::span<const double>, std::span<double>)>;

/// When the search for an eigenvalue ends. It rises with each product, and in products with an error the
/// residual stays above some bound however many are taken.
struct eigenvalue_stop {
  static constexpr std::size_t window = 10;  ///< products

  double residual = 0;  ///< at most so much of the value
  double rise = 0;      ///< or by less than so much of it over the last `window` products
  double asymmetry = std::numeric_limits<double>::infinity();  ///< or once there is more than so much
  std::size_t most = 0;                                        ///< or after so many products
};

/// The largest eigenvalue, by sign and not by size, of a symmetric matrix of n rows that is known by its
/// products alone: by the method of Lanczos from a random start. Vectors are not made orthogonal again, which
/// costs copies of an eigenvalue that has been found and takes nothing from the largest (Paige 1980,
/// doi:10.1016/0024-3795(80)90167-6): three vectors are all the memory that it takes.
found_eigenvalue largest_eigenvalue(std::size_t n, const matrix_product& multiply, std::uint64_t seed,
                                    const eigenvalue_stop& stop);

}  // namespace ravine
