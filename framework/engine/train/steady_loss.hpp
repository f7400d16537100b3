#pragma once

#include "data/dataset.hpp"
#include "plugin/memory.hpp"
#include "train/batch_stream.hpp"
#include "train/objective.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace ravine {

/// A loss that is the same function of the parameters whenever it is asked for: the mean over a fixed sample
/// of the training set, as it is evaluated, without augmentation and dropout; on a landscape, its loss
/// without noise.
template <class T>
class steady_loss {
 public:
  /// `data` is null for a landscape. At most `examples` are drawn, without replacement.
  steady_loss(objective<T>& of, const dataset* data, std::uint64_t examples, std::uint64_t seed);

  /// Examples in the sample, and in a part of it: a tenth, or fewer, as many as a model evaluates at once. 0
  /// on a landscape.
  std::size_t examples() const { return rows_.size(); }
  std::size_t examples_in_part() const { return part_; }

  double at(const T* point);
  /// Also writes the gradient, summed in double over the parts. `each_part`, if it is given, gets the
  /// gradient of each part of full size.
  double at(const T* point, std::span<double> gradient,
            const std::function<void(std::span<const T>)>& each_part = {});

 private:
  objective<T>& of_;
  const image_set* train_ = nullptr;
  std::vector<std::uint32_t> rows_;
  std::size_t part_ = 0;
  std::unique_ptr<example_buffer<T>> buffer_;  // null on a landscape
  aligned_array of_part_;
};

extern template class steady_loss<float>;
extern template class steady_loss<double>;

}  // namespace ravine
