#include "data/batches.hpp"

#include "core/each_width.hpp"
#include "data/data_error.hpp"
#include "data/random.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace ravine {
namespace {

/// 1 / 255 as a sum of which the first part leaves room for a factor of eight bits: that product is exact, so
/// that the sum of both products rounds as the quotient does, for each of the 256 pixels.
template <class T>
struct reciprocal;
template <>
struct reciprocal<float> {
  static constexpr float high = 0x1.01p-8F, low = static_cast<float>(1.0 / 255 - 0x1.01p-8);
};
template <>
struct reciprocal<double> {
  static constexpr double high = 0x1.0101010101p-8,
                          low = static_cast<double>(1.0L / 255 - 0x1.0101010101p-8L);
};

RAVINE_EACH_WIDTH void scale(const std::uint8_t* __restrict from, float* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto pixel = static_cast<float>(from[i]);
    to[i] = pixel * reciprocal<float>::high + pixel * reciprocal<float>::low;
  }
}

RAVINE_EACH_WIDTH void scale(const std::uint8_t* __restrict from, double* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto pixel = static_cast<double>(from[i]);
    to[i] = pixel * reciprocal<double>::high + pixel * reciprocal<double>::low;
  }
}

template <class T>
void scale(const float* from, T* to, std::size_t count) {
  std::copy_n(from, count, to);
}

/// Rows are taken in a random order, which the processor can't foresee.
template <class V>
void fetch(const V* row, std::size_t count) {
  constexpr std::size_t cache_line = 64 / sizeof(V);
  for (std::size_t i = 0; i < count; i += cache_line) __builtin_prefetch(row + i);
}

template <class V, class T>
void gather_rows(std::span<const V> table, std::size_t features, std::span<const std::uint32_t> rows,
                 std::span<T> inputs) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + 1 < rows.size()) fetch(table.data() + rows[i + 1] * features, features);
    scale(table.data() + rows[i] * features, inputs.data() + i * features, features);
  }
}

}  // namespace

epoch_order::epoch_order(std::size_t rows, std::uint64_t seed) : seed_(seed) {
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw data_error(fmt::format("{} training rows are too many: at most 4294967295 are supported", rows));
  }
  order_.resize(rows);
}

std::span<const std::uint32_t> epoch_order::shuffle(std::uint64_t epoch) {
  std::iota(order_.begin(), order_.end(), 0U);
  shuffle_rows(order_, item_seed(seed_, epoch));
  return order_;
}

template <class T>
void gather(const image_set& images, std::size_t features, std::span<const std::uint32_t> rows,
            std::span<T> inputs, std::span<std::int32_t> labels) {
  const std::size_t each = images.labels_each;
  assert(inputs.size() == rows.size() * features && labels.size() == rows.size() * each);
  if (images.values.empty()) {
    gather_rows(images.pixels, features, rows, inputs);
  } else {
    gather_rows(images.values, features, rows, inputs);
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(images.labels.begin() + static_cast<std::ptrdiff_t>(rows[i] * each), each,
                labels.begin() + static_cast<std::ptrdiff_t>(i * each));
}

template void gather(const image_set&, std::size_t, std::span<const std::uint32_t>, std::span<float>,
                     std::span<std::int32_t>);
template void gather(const image_set&, std::size_t, std::span<const std::uint32_t>, std::span<double>,
                     std::span<std::int32_t>);

}  // namespace ravine
