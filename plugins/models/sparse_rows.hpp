#pragma once

#include "sparse_products.hpp"

#include <ravine/vectors.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ravine {

/// A batch of examples of which many elements are zero, as those of drawn or written digits are (four of
/// five pixels) or what a rectifier lets through, and its products with dense matrices. A product with a
/// matrix of n columns takes n multiplications for each element that is not zero.
///
/// Zeros are left out, so that zero times infinity counts as nothing.
template <class T>
class sparse_rows {
 public:
  /// Above this share of elements that are not zero a general product is as fast: measured with OpenBLAS's
  /// kernels for AVX-512 and, where the share is larger, for AVX2, each beside the same width here.
  static constexpr double densest = 0.5;
  /// With fewer columns in the other matrix it is as well.
  static constexpr std::size_t narrowest = 32;

  /// No room: nothing is taken up.
  sparse_rows() = default;
  /// Room for as many examples of as many elements: nothing is allocated afterwards.
  sparse_rows(std::size_t most_rows, std::size_t columns)
      : columns_(columns),
        column_blocks_(lists::blocks_of(columns)),
        row_places_(most_rows * column_blocks_ + 1),
        column_places_(lists::blocks_of(most_rows) * columns + 1),
        by_row_(most_elements(most_rows) + columns),
        by_column_(by_row_.size()) {}

  /// Takes up x (rows x columns, row-major); answers whether it is sparse enough. If not, it is empty.
  bool take(std::span<const T> x, std::size_t rows) {
    rows_ = 0;
    by_column_listed_ = false;
    if (columns_ == 0) return false;
    bool sparse = false;
    on_widest_vectors([&](auto) { sparse = list_rows(x.data(), rows); });
    if (sparse) rows_ = rows;
    return sparse;
  }
  bool empty() const { return rows_ == 0; }

  /// y (rows x n) = x w + b with w (columns x n) and b (n) in every row.
  void times(std::span<const T> w, std::span<const T> b, std::span<T> y) const {
    detail::multiply(rows(), detail::dense_factor<T>{w.data(), b.size()}, b.data(), y.data(), b.size());
  }

  /// y (rows x n) = x w' with w (n x columns).
  void times_transposed(std::span<const T> w, std::span<T> y) const {
    const T* const from_zero = nullptr;
    detail::multiply(rows(), detail::transposed_factor<T>{w.data(), columns_}, from_zero, y.data(),
                     w.size() / columns_);
  }

  /// dw (columns x n) = x' dy with dy (rows x n).
  void transposed_times(std::span<const T> dy, std::span<T> dw) {
    if (!std::exchange(by_column_listed_, true)) list_columns();
    const std::size_t n = dw.size() / columns_;
    const T* const from_zero = nullptr;
    detail::multiply(columns(), detail::dense_factor<T>{dy.data(), n}, from_zero, dw.data(), n);
  }

 private:
  using element = detail::sparse_element<T>;
  using lists = detail::sparse_lists<T>;
  static constexpr std::size_t block = lists::block;

  static std::size_t most_elements(std::size_t rows, std::size_t columns) {
    return static_cast<std::size_t>(densest * static_cast<double>(rows * columns));
  }
  std::size_t most_elements(std::size_t rows) const { return most_elements(rows, columns_); }

  /// A list for each row, in parts by blocks of columns.
  lists rows() const { return {by_row_.data(), row_places_.data(), rows_, columns_, column_blocks_, 1}; }
  /// A list for each column, in parts by blocks of rows.
  lists columns() const { return {by_column_.data(), column_places_.data(), columns_, rows_, 1, columns_}; }

  /// Gives up where the rows so far, if they are not too few to tell, are too dense.
  bool list_rows(const T* x, std::size_t rows) {
    constexpr std::size_t telling = 8;
    const std::size_t most = most_elements(rows);
    std::uint32_t count = 0;
    std::uint32_t* place = row_places_.data();
    for (std::size_t r = 0; r < rows; ++r, x += columns_) {
      for (std::size_t c = 0; c < columns_; c += block) {
        *place++ = count;
        count = list_part(x, c, count);
      }
      if (count > (r < telling ? most : most_elements(r + 1))) return false;
    }
    *place = count;
    return true;
  }

  /// Appends a block's elements that are not zero; answers how many there are then.
  std::uint32_t list_part(const T* row, std::size_t first, std::uint32_t count) {
    const std::uint64_t there =
        columns_ - first >= block ? non_zeros(row + first, block) : non_zeros(row + first, columns_ - first);
    element* to = by_row_.data() + count;
    for (std::uint64_t left = there; left != 0; left &= left - 1) {
      const std::size_t c = first + static_cast<std::size_t>(std::countr_zero(left));
      *to++ = {static_cast<std::uint32_t>(c), row[c]};
    }
    return count + static_cast<std::uint32_t>(std::popcount(there));
  }

  /// A bit for each of at most 64 elements.
  static std::uint64_t non_zeros(const T* from, std::size_t count) {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < count; ++k) bits |= std::uint64_t{from[k] != 0} << k;
    return bits;
  }

  /// The lists by column from those by row, for each block of rows: counted, then put in their places.
  void list_columns() {
    std::uint32_t* places = column_places_.data();
    std::uint32_t begin = 0;
    for (std::size_t first = 0; first < rows_; first += block, places += columns_) {
      const std::size_t last = std::min(first + block, rows_);
      const std::uint32_t block_begin = begin;
      std::fill_n(places, columns_, 0U);
      for (std::size_t k = row_begin(first); k < row_begin(last); ++k) ++places[by_row_[k].index];
      for (std::size_t c = 0; c < columns_; ++c) begin += std::exchange(places[c], begin);
      for (std::size_t r = first; r < last; ++r) {
        for (std::size_t k = row_begin(r); k < row_begin(r + 1); ++k) {
          by_column_[places[by_row_[k].index]++] = {static_cast<std::uint32_t>(r), by_row_[k].value};
        }
      }
      // Each place is now its list's end, which is where the next begins.
      std::copy_backward(places, places + columns_, places + columns_ + 1);
      places[0] = block_begin;
    }
  }

  std::uint32_t row_begin(std::size_t r) const { return row_places_[r * column_blocks_]; }

  std::size_t columns_ = 0;
  std::size_t column_blocks_ = 0;
  std::size_t rows_ = 0;
  bool by_column_listed_ = false;
  std::vector<std::uint32_t> row_places_;
  std::vector<std::uint32_t> column_places_;
  std::vector<element> by_row_;
  std::vector<element> by_column_;
};

}  // namespace ravine
