#pragma once

#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace ravine::testing {

/// A tensor as a model declares it.
struct tensor_shape {
  std::string name;
  std::uint32_t role;
  std::vector<std::uint64_t> shape;
};

/// A layer of 2 x 2 weights and two biases.
inline const std::vector<tensor_shape> layer{{"weight", RV_ROLE_WEIGHT, {2, 2}}, {"bias", RV_ROLE_BIAS, {2}}};

template <class T>
double length(std::span<const T> x) {
  double sum = 0;
  for (const T each : x) sum += static_cast<double>(each) * static_cast<double>(each);
  return std::sqrt(sum);
}

/// A parameter vector of given tensors.
struct tensor_layout : parameter_layout {
  tensor_layout(rv_dtype type, const std::vector<tensor_shape>& tensors) : parameter_layout(type) {
    for (const tensor_shape& each : tensors) add(each.name, each.role, each.shape);
  }
};

/// An optimizer at work on several tensors one after the other, with gradients that the test makes up.
template <class T>
class driven_tensors {
 public:
  driven_tensors(const component& which, const settings& with, const std::vector<T>& start,
                 const std::vector<tensor_shape>& tensors)
      : layout_(dtype_of<T>, tensors),
        optimizer_(which, layout_, with),
        params_(dtype_of<T>, layout_.size(), "the parameters") {
    std::copy_n(start.begin(), layout_.size(), params().begin());
    optimizer_.init_state(describe(nullptr));
  }

  void step(const std::vector<T>& grads) {
    ++steps_;
    optimizer_.step(describe(grads.data()));
  }
  /// A step whose optimizer may evaluate the loss.
  void step(const std::vector<T>& grads, const rv_closure& closure) {
    ++steps_;
    rv_step whole = describe(grads.data());
    whole.closure = &closure;
    optimizer_.step(whole);
  }

  std::span<T> params() { return params_.template as<T>(); }
  optimizer& wrapped() { return optimizer_; }

 private:
  rv_step describe(const void* grads) {
    rv_step step{};
    step.struct_size = sizeof step;
    step.step = steps_;
    step.n = params_.size();
    step.params = params_.data();
    step.grads = grads;
    step.state = optimizer_.state().pointers();
    step.values = optimizer_.base_values().data();
    step.loss = std::numeric_limits<double>::quiet_NaN();
    return step;
  }

  tensor_layout layout_;
  optimizer optimizer_;
  aligned_array params_;
  std::uint64_t steps_ = 0;
};

}  // namespace ravine::testing
