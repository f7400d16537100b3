#pragma once

#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// Matrices of a given spectrum, drawn from a seed: what landscapes of matrices are made of.
namespace ravine {

/// rows x columns, row-major.
struct dense_matrix {
  std::size_t rows, columns;
  std::vector<double> elements = std::vector<double>(rows * columns);

  double& operator()(std::size_t row, std::size_t column) { return elements[row * columns + column]; }
  double operator()(std::size_t row, std::size_t column) const { return elements[row * columns + column]; }
};

/// Normal numbers, whose columns are made orthonormal by Gram-Schmidt (twice, which is enough; Giraud,
/// Langou & Rozložník 2005). At most as many columns as rows.
inline dense_matrix orthonormal_columns(std::size_t rows, std::size_t columns, random_stream& random) {
  dense_matrix q{rows, columns};
  for (double& each : q.elements) each = random.normal(0, 1);
  for (std::size_t k = 0; k < columns; ++k) {
    const auto product = [&](std::size_t j) {
      double sum = 0;
      for (std::size_t i = 0; i < rows; ++i) sum += q(i, j) * q(i, k);
      return sum;
    };
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < k; ++j) {
        const double share = product(j);
        for (std::size_t i = 0; i < rows; ++i) q(i, k) -= share * q(i, j);
      }
    }
    const double length = std::sqrt(product(k));
    for (std::size_t i = 0; i < rows; ++i) q(i, k) /= length;
  }
  return q;
}

/// From 1 down to 1 / kappa, even on a logarithmic scale; 1 if there is one.
inline std::vector<double> singular_values(std::size_t count, double kappa) {
  std::vector<double> values(count, 1.0);
  for (std::size_t i = 1; i < count; ++i) values[i] = std::pow(kappa, -double(i) / double(count - 1));
  return values;
}

}  // namespace ravine
