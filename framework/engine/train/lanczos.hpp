#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace ravine {

/// An eigenvalue as far as it was found.
struct found_eigenvalue {
  double value = 0;
  double residual = 0;       ///< bound on its distance from the nearest eigenvalue of a symmetric matrix
  std::size_t products = 0;  ///< of the matrix and a vector
};

/// Writes the product of a symmetric matrix and the first vector, of unit length, into the second.
using matrix_product = std::function<void(std::span<const double>, std::span<double>)>;

/// The largest eigenvalue, by sign and not by size, of a symmetric matrix of n rows that is known by its
/// products alone: by the method of Lanczos from a random start, until the residual is at most `tolerance`
/// times the value, or for `most` products. Vectors are not made orthogonal again, which costs copies of an
/// eigenvalue that has been found and takes nothing from the largest (Paige 1980,
/// doi:10.1016/0024-3795(80)90167-6): three vectors are all the memory that it takes.
found_eigenvalue largest_eigenvalue(std::size_t n, const matrix_product& multiply, std::uint64_t seed,
                                    double tolerance, std::size_t most);

}  // namespace ravine
