#pragma once

#include "unit/plugin_support.hpp"

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <gtest/gtest.h>

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

/// A model of data, from the shipped plugins unless others are given, with a random batch of examples.
template <class T>
class model_with_batch {
 public:
  model_with_batch(const char* id, const settings& with, std::size_t examples, std::size_t classes,
                   std::vector<std::uint64_t> shape = {2, 3}, const registry& from = shipped_plugins(),
                   std::size_t labels = 1)
      : shape_(std::move(shape)),
        spec_{sizeof(rv_data_spec), 0, shape_.size(), shape_.data(), classes, examples, labels},
        model_(from.get(component_kind::model, id), &spec_, with, dtype_of<T>),
        inputs_(random_numbers<T>(examples * features(), 1)),
        params_(model_.layout().size()),
        grads_(params_.size()) {
    for (std::size_t i = 0; i < examples * labels; ++i)
      labels_.push_back(static_cast<std::int32_t>(i * 7 % classes));
    batch_ = {sizeof(rv_batch), RV_MODE_TRAIN, examples, inputs_.data(), labels_.data(), 11};
    model_.init(5, params_.data());
  }

  std::size_t features() const {
    return std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies<>());
  }
  model& wrapped() { return model_; }
  std::vector<T>& params() { return params_; }
  const std::vector<T>& grads() const { return grads_; }
  rv_batch& batch() { return batch_; }
  std::span<const T> inputs() const { return inputs_; }
  std::span<const std::int32_t> labels() const { return labels_; }

  /// Expects every element of the gradient to agree with a central difference of the loss.
  void expect_exact_gradient() {
    loss_gradient();
    const T step = T{1e-5};
    for (std::size_t i = 0; i < params_.size(); ++i) {
      const T here = params_[i];
      params_[i] = here + step;
      const double above = loss();
      params_[i] = here - step;
      const double below = loss();
      params_[i] = here;
      EXPECT_NEAR(grads_[i], (above - below) / (2 * step), 1e-8) << "parameter " << i;
    }
  }

  double loss() { return model_.loss_gradient(params_.data(), &batch_, nullptr); }
  double loss_gradient() { return model_.loss_gradient(params_.data(), &batch_, grads_.data()); }
  std::vector<T> predict() {
    std::vector<T> scores(batch_.size * spec_.labels * spec_.classes);
    model_.predict(params_.data(), &batch_, scores.data());
    return scores;
  }

 private:
  std::vector<std::uint64_t> shape_;
  rv_data_spec spec_;
  model model_;
  std::vector<T> inputs_;
  std::vector<std::int32_t> labels_;
  std::vector<T> params_;
  std::vector<T> grads_;
  rv_batch batch_{};
};

}  // namespace ravine::testing
