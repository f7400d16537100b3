#pragma once

#include <ravine/vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace ravine {

/// A batch of examples of which most elements are zero, as those of drawn or written digits are (four of
/// five pixels), and its products with dense matrices. A product with a matrix of n columns takes n
/// multiplications for each element that is not zero, and reads the other matrix by whole rows.
///
/// Zeros are left out, so that zero times infinity counts as nothing.
template <class T>
class sparse_rows {
 public:
  /// Above this share of elements that are not zero a general product is as fast.
  static constexpr double densest = 0.3;

  /// Room for as many examples of as many elements: nothing is allocated afterwards.
  sparse_rows(std::size_t most_rows, std::size_t columns)
      : columns_(columns),
        row_ends_(most_rows + 1),
        column_ends_(columns + 1),
        by_row_(most_entries(most_rows) + columns),
        by_column_(most_entries(most_rows)) {}

  /// Takes up x (rows x columns, row-major); answers whether it is sparse enough. If not, it is empty.
  bool take(std::span<const T> x, std::size_t rows) {
    const std::size_t most = most_entries(rows);
    rows_ = 0;
    std::size_t count = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      count = list_row(x.data() + r * columns_, count);
      if (count > most) return false;
      row_ends_[r + 1] = static_cast<std::uint32_t>(count);
    }
    rows_ = rows;
    list_columns();
    return true;
  }

  bool empty() const { return rows_ == 0; }

  /// y (rows x n) = x w + b with w (columns x n) and b (n) in every row.
  void times(std::span<const T> w, std::span<const T> b, std::span<T> y) const {
    combine(by_row_, row_ends_, rows_, w.data(), b.size(), b.data(), y.data());
  }

  /// dw (columns x n) = x' dy with dy (rows x n).
  void transposed_times(std::span<const T> dy, std::span<T> dw) const {
    combine(by_column_, column_ends_, columns_, dy.data(), dw.size() / columns_, nullptr, dw.data());
  }

 private:
  struct entry {
    std::uint32_t index;  // of the column, in lists by row; and the other way round
    T value;
  };

  std::size_t most_entries(std::size_t rows) const {
    return static_cast<std::size_t>(densest * static_cast<double>(rows * columns_));
  }

  /// Appends a row's elements that are not zero; answers how many there are then.
  std::size_t list_row(const T* row, std::size_t count) {
    constexpr std::size_t block = 32 / sizeof(T);
    entry* const list = by_row_.data();
    const auto keep_from = [&](std::size_t first, std::size_t last) {
      for (std::size_t c = first; c < last; ++c) {
        list[count] = {static_cast<std::uint32_t>(c), row[c]};
        count += row[c] != 0 ? 1 : 0;
      }
    };
    std::size_t c = 0;
    for (; c + block <= columns_; c += block) {
      std::uint64_t bits[4];
      std::memcpy(bits, row + c, sizeof bits);
      if ((bits[0] | bits[1] | bits[2] | bits[3]) != 0) keep_from(c, c + block);
    }
    keep_from(c, columns_);
    return count;
  }

  /// The lists by column from those by row: counted, then put in their places.
  void list_columns() {
    std::ranges::fill(column_ends_, 0U);
    for (std::size_t k = 0; k < row_ends_[rows_]; ++k) ++column_ends_[by_row_[k].index];
    std::uint32_t begin = 0;
    for (std::uint32_t& each : column_ends_) begin += std::exchange(each, begin);
    for (std::size_t r = 0; r < rows_; ++r) {
      for (std::size_t k = row_ends_[r]; k < row_ends_[r + 1]; ++k) {
        by_column_[column_ends_[by_row_[k].index]++] = {static_cast<std::uint32_t>(r), by_row_[k].value};
      }
    }
    // Each place is now its list's end, which is where the next begins.
    std::copy_backward(column_ends_.begin(), column_ends_.end() - 1, column_ends_.end());
    column_ends_[0] = 0;
  }

  /// to[i][:] = start[:] + the sum over list i of value * from[index][:], of `width` columns.
  static void combine(const std::vector<entry>& lists, const std::vector<std::uint32_t>& ends,
                      std::size_t count, const T* from, std::size_t width, const T* start, T* to) {
    on_widest_vectors([&](auto bytes) {
      // As many columns at a time as fit into the registers, and their part of `from` into a near cache.
      std::size_t column = 0;
      const auto in_stripes = [&](auto vectors) {
        constexpr std::size_t stripe = vectors * vector_of<T, bytes>::lanes;
        for (; column + stripe <= width; column += stripe) {
          for (std::size_t i = 0; i < count; ++i) {
            combine_stripe<bytes, vectors>(lists.data() + ends[i], lists.data() + ends[i + 1], from + column,
                                           width, start == nullptr ? nullptr : start + column,
                                           to + i * width + column);
          }
        }
      };
      in_stripes(std::integral_constant<std::size_t, 8>{});
      in_stripes(std::integral_constant<std::size_t, 2>{});
      in_stripes(std::integral_constant<std::size_t, 1>{});
      for (; column < width; ++column) {
        for (std::size_t i = 0; i < count; ++i) {
          T sum = start == nullptr ? T{0} : start[column];
          for (std::size_t k = ends[i]; k < ends[i + 1]; ++k) {
            sum += lists[k].value * from[lists[k].index * width + column];
          }
          to[i * width + column] = sum;
        }
      }
    });
  }

  template <std::size_t Bytes, std::size_t Vectors>
  static void combine_stripe(const entry* list, const entry* end, const T* from, std::size_t width,
                             const T* start, T* to) {
    using vector = typename vector_of<T, Bytes>::type;
    constexpr std::size_t lanes = vector_of<T, Bytes>::lanes;
    vector sums[Vectors] = {};
    for (std::size_t v = 0; start != nullptr && v < Vectors; ++v) {
      sums[v] = *reinterpret_cast<const vector*>(start + v * lanes);
    }
    for (; list != end; ++list) {
      const T* const row = from + list->index * width;
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Vectors; ++v) {
        sums[v] += list->value * *reinterpret_cast<const vector*>(row + v * lanes);
      }
    }
    for (std::size_t v = 0; v < Vectors; ++v) *reinterpret_cast<vector*>(to + v * lanes) = sums[v];
  }

  std::size_t columns_;
  std::size_t rows_ = 0;
  std::vector<std::uint32_t> row_ends_;     // list r begins at row_ends_[r], and ends where the next begins
  std::vector<std::uint32_t> column_ends_;  // likewise
  std::vector<entry> by_row_;
  std::vector<entry> by_column_;
};

}  // namespace ravine
