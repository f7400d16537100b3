#include "train/steady_loss.hpp"

#include "data/batches.hpp"

#include <algorithm>

namespace ravine {

constexpr std::size_t parts = 10;

template <class T>
steady_loss<T>::steady_loss(objective<T>& of, const dataset* data, std::uint64_t examples, std::uint64_t seed)
    : of_(of), of_part_(dtype_of<T>, of.layout().size(), "the gradient of a sample") {
  if (data == nullptr) return;
  train_ = &data->train;
  epoch_order order(data->train.size(), seed);
  const auto all = order.shuffle(0);
  const std::size_t count = effective_batch_size(examples, all.size());
  rows_.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
  part_ = std::min((count + parts - 1) / parts, evaluation_batch(*data));
  buffer_ =
      std::make_unique<example_buffer<T>>(part_, data->features(), data->train.labels_each, RV_MODE_EVALUATE);
}

template <class T>
double steady_loss<T>::at(const T* point) {
  if (!buffer_) return of_.noiseless_loss_gradient(point, nullptr, nullptr, nullptr);
  double sum = 0;
  for (std::size_t first = 0; first < rows_.size(); first += part_) {
    const auto some = std::span(rows_).subspan(first, std::min(part_, rows_.size() - first));
    const rv_batch* const batch = buffer_->fill(*train_, some, 0);
    const double loss = of_.noiseless_loss_gradient(point, batch, buffer_->targets(), nullptr);
    sum += loss * static_cast<double>(some.size());
  }
  return sum / static_cast<double>(rows_.size());
}

template <class T>
double steady_loss<T>::at(const T* point, std::span<double> gradient,
                          const std::function<void(std::span<const T>)>& each_part) {
  const std::span<T> of_part = of_part_.template as<T>();
  if (!buffer_) {
    const double loss = of_.noiseless_loss_gradient(point, nullptr, nullptr, of_part.data());
    std::copy(of_part.begin(), of_part.end(), gradient.begin());
    return loss;
  }
  double sum = 0;
  std::fill(gradient.begin(), gradient.end(), 0);
  for (std::size_t first = 0; first < rows_.size(); first += part_) {
    const auto some = std::span(rows_).subspan(first, std::min(part_, rows_.size() - first));
    const double share = static_cast<double>(some.size()) / static_cast<double>(rows_.size());
    const rv_batch* const batch = buffer_->fill(*train_, some, 0);
    sum += share * of_.noiseless_loss_gradient(point, batch, buffer_->targets(), of_part.data());
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += share * static_cast<double>(of_part[i]);
    if (each_part && some.size() == part_) each_part(of_part);
  }
  return sum;
}

template class steady_loss<float>;
template class steady_loss<double>;

}  // namespace ravine
