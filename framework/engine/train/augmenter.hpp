#pragma once

#include "data/dataset.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// Changes the images of a batch at random, as the data set asks for: cuts off the margin and enlarges the
/// rest (bilinear), mirrors, and shifts, in this order.
template <class T>
class augmenter {
 public:
  /// The images are {rows, columns} or {channels, rows, columns}.
  explicit augmenter(const example_form& form);

  /// `images` are examples one after another; the same seed changes them in the same way. Doesn't allocate.
  void apply(std::span<T> images, std::uint64_t seed);

 private:
  struct window {
    double top, left, height, width;  // in pixels
  };

  void cut(std::span<T> image, const window& kept);
  void mirror(std::span<T> image) const;
  void shift(std::span<T> image, std::int64_t down, std::int64_t right);

  augmentation wanted_;
  std::size_t channels_, rows_, columns_;
  std::vector<T> copy_;  // of one channel
};

extern template class augmenter<float>;
extern template class augmenter<double>;

}  // namespace ravine
