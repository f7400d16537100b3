#pragma once

#include "data/dataset.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// The order in which an epoch visits the training rows: a permutation that depends on the number of rows,
/// the seed and the epoch alone. A resumed trial asks for its epoch and gets the order that it would have
/// had.
class epoch_order {
 public:
  /// Throws data_error when `rows` doesn't fit in 32 bits.
  epoch_order(std::size_t rows, std::uint64_t seed);

  /// The rows in the order of the given epoch (the first is 0). Valid until the next call.
  std::span<const std::uint32_t> shuffle(std::uint64_t epoch);

 private:
  std::uint64_t seed_;
  std::vector<std::uint32_t> order_;
};

/// Batches in one epoch: the last one is short when `batch_size` doesn't divide `rows`. Full batch:
/// batch_size == rows (more than that is the same). `batch_size` is at least 1.
constexpr std::size_t batch_count(std::size_t rows, std::size_t batch_size) {
  return rows / batch_size + (rows % batch_size != 0 ? 1 : 0);
}

/// The rows of batch `index` (from 0, below batch_count) out of an epoch's order.
constexpr std::span<const std::uint32_t> batch_rows(std::span<const std::uint32_t> order,
                                                    std::size_t batch_size, std::size_t index) {
  const std::size_t first = index * batch_size;
  const std::size_t left = order.size() - first;
  return order.subspan(first, batch_size < left ? batch_size : left);
}

/// Copies examples into a batch: row i of `inputs` becomes example rows[i], pixels scaled to 0..1 (pixel /
/// 255, correctly rounded) and values as they are, and row i of `labels` its classes. `inputs` holds
/// rows.size() x features values, row-major, and `labels` rows.size() x images.labels_each. Doesn't
/// allocate. T is float or double.
template <class T>
void gather(const image_set& images, std::size_t features, std::span<const std::uint32_t> rows,
            std::span<T> inputs, std::span<std::int32_t> labels);

extern template void gather(const image_set&, std::size_t, std::span<const std::uint32_t>, std::span<float>,
                            std::span<std::int32_t>);
extern template void gather(const image_set&, std::size_t, std::span<const std::uint32_t>, std::span<double>,
                            std::span<std::int32_t>);

}  // namespace ravine
