#pragma once

#include <ravine/norms.hpp>
#include <ravine/tensors.hpp>
#include <ravine/vectors.hpp>

#include <cstddef>
#include <span>

namespace ravine {

/// The average of a tensor's squares, of a matrix in little memory: the mean of each row and of each column,
/// whose product over the mean of all stands for an element's (Shazeer & Stern 2018, arXiv:1804.04235).
/// Tensors of more dimensions are matrices of first extent x the rest; vectors have every element's average.
template <class T>
class factored_moment {
 public:
  /// Elements that are kept from step to step.
  static std::size_t size(const tensor_info& tensor) {
    return tensor.is_matrix() ? tensor.shape()[0] + tensor.size() / tensor.shape()[0] : tensor.size();
  }

  /// Takes its part, size(tensor) elements that are 0 at first, from the front of an array that holds those
  /// of one tensor after the other.
  factored_moment(const tensor_info& tensor, std::span<T>& kept)
      : rows_(kept.first(tensor.is_matrix() ? tensor.shape()[0] : 0)),
        columns_(kept.subspan(rows_.size(), size(tensor) - rows_.size())) {
    kept = kept.subspan(size(tensor));
  }

  /// average <- beta average + (1 - beta) square(i), i being the row-major place in the tensor.
  template <class Square>
  void update(double beta, Square square) {
    const std::size_t n = columns_.size();
    const T kept = static_cast<T>(beta), gain = static_cast<T>(1 - beta);
    const T share = rows_.empty() ? gain : gain / static_cast<T>(rows_.size());
    for (T& each : columns_) each *= kept;
    for (std::size_t row = 0, first = 0; row == 0 || row < rows_.size(); ++row, first += n) {
      on_widest_vectors([=, columns = columns_.data()](auto) {
        for (std::size_t i = 0; i < n; ++i) columns[i] += share * square(first + i);
      });
      if (rows_.empty()) break;
      const double mean = sum(n, [=](std::size_t i) { return square(first + i); }) / static_cast<double>(n);
      rows_[row] = kept * rows_[row] + gain * static_cast<T>(mean);
    }
  }

  /// Calls body(i, average) for each element.
  template <class Body>
  void for_each(Body body) const {
    if (rows_.empty()) return for_row(0, T{1}, body);
    const double total = sum(rows_.size(), [this](std::size_t i) { return rows_[i]; });
    const T mean = static_cast<T>(total / static_cast<double>(rows_.size()));
    std::size_t first = 0;
    for (const T row : rows_) {
      for_row(first, mean > 0 ? row / mean : T{0}, body);
      first += columns_.size();
    }
  }

 private:
  template <class Body>
  void for_row(std::size_t first, T share, Body body) const {
    on_widest_vectors([=, n = columns_.size(), columns = columns_.data()](auto) {
      for (std::size_t i = 0; i < n; ++i) body(first + i, share * columns[i]);
    });
  }

  std::span<T> rows_, columns_;  // no rows: every element's average in columns
};

}  // namespace ravine
