#pragma once

#include "data/batches.hpp"
#include "data/dataset.hpp"
#include "plugin/memory.hpp"
#include "train/augmenter.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ravine {

/// Room for examples in the form in which models take them.
template <class T>
class example_buffer {
 public:
  /// `labels_each` is 0 where targets are numbers.
  example_buffer(std::size_t capacity, std::size_t features, std::size_t labels_each, std::uint32_t mode)
      : features_(features),
        inputs_(dtype_of<T>, capacity * features, "the batch"),
        labels_(capacity * labels_each),
        targets_(dtype_of<T>, labels_each == 0 ? capacity : 0, "the targets") {
    batch_.struct_size = sizeof(rv_batch);
    batch_.mode = mode;
    batch_.inputs = inputs_.data();
    batch_.labels = labels_each == 0 ? nullptr : labels_.data();
  }

  /// Copies the rows of `images`; `seed` is for noise layers.
  const rv_batch* fill(const image_set& images, std::span<const std::uint32_t> rows, std::uint64_t seed) {
    gather<T>(images, features_, rows, inputs_.template as<T>().first(rows.size() * features_),
              std::span(labels_).first(rows.size() * images.labels_each));
    if (!images.targets.empty()) {
      const std::span<T> targets = targets_.template as<T>();
      for (std::size_t i = 0; i < rows.size(); ++i) targets[i] = static_cast<T>(images.targets[rows[i]]);
    }
    batch_.size = rows.size();
    batch_.seed = seed;
    return &batch_;
  }
  const rv_batch* batch() const { return &batch_; }
  /// The numbers that a regression is to predict for the batch; null for classes.
  const void* targets() const { return targets_.size() == 0 ? nullptr : targets_.data(); }
  /// The features of the examples in the batch.
  std::span<T> inputs() { return inputs_.template as<T>().first(batch_.size * features_); }

 private:
  std::size_t features_;
  aligned_array inputs_;
  std::vector<std::int32_t> labels_;
  aligned_array targets_;
  rv_batch batch_{};
};

/// The batches of training, step by step: each epoch in a new order, the last one short if the size does
/// not divide the examples.
template <class T>
class batch_stream {
 public:
  struct seeds {
    std::uint64_t order;  ///< of the epochs' permutations
    std::uint64_t noise;  ///< of noise layers
  };

  /// `batch_size` 0 is the full training set, and so is one that is larger.
  batch_stream(const dataset& data, std::uint64_t batch_size, seeds from);

  std::uint64_t batch_size() const { return batch_size_; }
  std::uint64_t steps_per_epoch() const { return steps_per_epoch_; }

  /// The batch of a 1-based step; the same whenever it is drawn.
  void draw(std::uint64_t step);
  const rv_batch* current() const { return examples_.batch(); }
  /// Of the same examples; null for classes.
  const void* targets() const { return examples_.targets(); }

 private:
  const image_set* train_;
  std::uint64_t batch_size_;
  std::uint64_t steps_per_epoch_;
  seeds seeds_;
  epoch_order order_;
  std::span<const std::uint32_t> rows_;  // of the epoch in progress
  std::uint64_t epoch_ = UINT64_MAX;
  example_buffer<T> examples_;
  std::optional<augmenter<T>> augmenter_;
};

/// How many examples a batch of that size has on that many rows.
constexpr std::uint64_t effective_batch_size(std::uint64_t batch_size, std::size_t rows) {
  return batch_size == 0 || batch_size > rows ? rows : batch_size;
}

extern template class batch_stream<float>;
extern template class batch_stream<double>;

}  // namespace ravine
