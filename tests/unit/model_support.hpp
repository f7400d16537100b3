#pragma once

#include "plugin_support.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>

namespace ravine::testing {

/// Normal numbers from a fixed seed.
template <class T>
std::vector<T> random_numbers(std::size_t count, double deviation, std::uint32_t seed = 1) {
  boost::random::mt19937 engine(seed);
  boost::random::normal_distribution<double> normal(0, deviation);
  std::vector<T> made(count);
  for (T& each : made) each = static_cast<T>(normal(engine));
  return made;
}

/// A shipped model of data with a random batch of examples of 2 x 3 features.
template <class T>
class model_with_batch {
 public:
  static constexpr std::size_t features = 6;

  model_with_batch(const char* id, const settings& with, std::size_t examples, std::size_t classes)
      : shape_{2, 3},
        spec_{sizeof(rv_data_spec), 0, shape_.size(), shape_.data(), classes, examples},
        model_(shipped_plugins().get(component_kind::model, id), &spec_, with, dtype_of<T>),
        inputs_(random_numbers<T>(examples * features, 1)),
        params_(model_.layout().size()),
        grads_(params_.size()) {
    for (std::size_t i = 0; i < examples; ++i) labels_.push_back(static_cast<std::int32_t>(i * 7 % classes));
    batch_ = {sizeof(rv_batch), RV_MODE_TRAIN, examples, inputs_.data(), labels_.data(), 11};
    model_.init(5, params_.data());
  }

  model& wrapped() { return model_; }
  std::vector<T>& params() { return params_; }
  const std::vector<T>& grads() const { return grads_; }
  rv_batch& batch() { return batch_; }
  std::span<const T> inputs() const { return inputs_; }
  std::span<const std::int32_t> labels() const { return labels_; }

  double loss() { return model_.loss_gradient(params_.data(), &batch_, nullptr); }
  double loss_gradient() { return model_.loss_gradient(params_.data(), &batch_, grads_.data()); }
  std::vector<T> predict() {
    std::vector<T> scores(batch_.size * spec_.classes);
    model_.predict(params_.data(), &batch_, scores.data());
    return scores;
  }

 private:
  std::array<std::uint64_t, 2> shape_;
  rv_data_spec spec_;
  model model_;
  std::vector<T> inputs_;
  std::vector<std::int32_t> labels_;
  std::vector<T> params_;
  std::vector<T> grads_;
  rv_batch batch_{};
};

}  // namespace ravine::testing
