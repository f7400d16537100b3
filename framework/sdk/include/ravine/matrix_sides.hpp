#pragma once

#include <ravine/matrices.hpp>
#include <ravine/tensors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

/// For rules that keep a square matrix for each side of a matrix: sums of G G' and G' G, and a factor made of
/// each. A tensor of more dimensions is a matrix of first extent x the rest; a vector has one side, its
/// length.
namespace ravine {

/// Lengths of a tensor's sides: 0 for those longer than `largest`, which are left alone.
struct side_lengths {
  side_lengths(const tensor_info& tensor, std::size_t largest)
      : columns(tensor.size() / tensor.shape()[0]), lengths{tensor.shape()[0], columns} {
    if (!tensor.is_matrix()) lengths[1] = 0;
    for (std::size_t& each : lengths) each = each <= largest ? each : 0;
  }

  std::size_t count() const { return (lengths[0] > 0 ? 1U : 0U) + (lengths[1] > 0 ? 1U : 0U); }
  /// Elements of the square matrices together, and of the larger one.
  std::size_t squares() const { return lengths[0] * lengths[0] + lengths[1] * lengths[1]; }
  std::size_t largest_square() const { return std::max(lengths[0] * lengths[0], lengths[1] * lengths[1]); }

  std::size_t columns;  ///< of the whole matrix
  std::array<std::size_t, 2> lengths;
};

/// One side of length n, with its n x n matrices; n is 0 for one that is left alone.
template <class T>
struct matrix_side {
  std::size_t n;
  std::span<T> sum, factor;
};

enum class turning { forth, back };

template <class T>
class matrix_sides {
 public:
  /// Takes its part from the front of arrays that hold the matrices of one tensor after the other.
  matrix_sides(const side_lengths& of, std::span<T>& sums, std::span<T>& factors)
      : columns_(of.columns),
        sides_{take(of.lengths[0], sums, factors), take(of.lengths[1], sums, factors)} {}

  const std::array<matrix_side<T>, 2>& sides() const { return sides_; }

  /// sum <- kept sum + gain G G', and G' G on the other side.
  void add(std::span<const T> g, T kept, T gain) const {
    if (sides_[0].n > 0) multiply_by_transpose(matrix(g, columns_), sides_[0].sum, gain, kept);
    if (sides_[1].n > 0) multiply_by_transpose(transposed(g, columns_), sides_[1].sum, gain, kept);
  }

  /// to <- L' from R, or back: L from R', L and R being the sides' factors, and 1 for a side that is left
  /// alone. `half` has room for the matrix; none of the three overlap.
  void turn(std::span<const T> from, std::span<T> to, turning way, std::span<T> half) const {
    const auto& [left, right] = sides_;
    if (left.n > 0) {
      const auto factor =
          way == turning::back ? matrix(left.factor, left.n) : transposed(left.factor, left.n);
      multiply(factor, matrix(from, columns_), half);
      from = half.first(from.size());
    }
    if (right.n == 0) {
      std::ranges::copy(from, to.begin());
      return;
    }
    const auto factor =
        way == turning::forth ? matrix(right.factor, right.n) : transposed(right.factor, right.n);
    multiply(matrix(from, columns_), factor, to);
  }

 private:
  static matrix_side<T> take(std::size_t n, std::span<T>& sums, std::span<T>& factors) {
    const matrix_side<T> taken{n, sums.first(n * n), factors.first(n * n)};
    sums = sums.subspan(n * n);
    factors = factors.subspan(n * n);
    return taken;
  }

  std::size_t columns_;
  std::array<matrix_side<T>, 2> sides_;
};

}  // namespace ravine
