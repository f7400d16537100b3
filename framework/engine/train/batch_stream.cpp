#include "train/batch_stream.hpp"

#include "trial/streams.hpp"

namespace ravine {

namespace {

/// Keeps augmentation apart from the noise layers of the same step.
constexpr std::uint64_t augmentation_stream = 1;

}  // namespace

template <class T>
batch_stream<T>::batch_stream(const dataset& data, std::uint64_t batch_size, seeds from)
    : train_(&data.train),
      batch_size_(effective_batch_size(batch_size, data.train.size())),
      steps_per_epoch_(batch_count(data.train.size(), batch_size_)),
      seeds_(from),
      order_(data.train.size(), from.order),
      examples_(batch_size_, data.features(), data.train.labels_each, RV_MODE_TRAIN) {
  if (data.augment.is_used()) augmenter_.emplace(data);
}

template <class T>
void batch_stream<T>::draw(std::uint64_t step) {
  const std::uint64_t epoch = (step - 1) / steps_per_epoch_;
  if (epoch != epoch_) {
    rows_ = order_.shuffle(epoch);
    epoch_ = epoch;
  }
  const auto rows = batch_rows(rows_, batch_size_, (step - 1) % steps_per_epoch_);
  const std::uint64_t seed = step_seed(seeds_.noise, step);
  examples_.fill(*train_, rows, seed);
  if (augmenter_) augmenter_->apply(examples_.inputs(), step_seed(seed, augmentation_stream));
}

template class batch_stream<float>;
template class batch_stream<double>;

}  // namespace ravine
