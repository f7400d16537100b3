#pragma once

#include "sparse_rows.hpp"

#include <ravine/dense.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace ravine {

/// A dense layer that leaves out the zeros of its input and of its output's gradient, where there are enough.
template <class T>
class sparse_dense_layer : public dense_layer {
 public:
  /// `x` and `dy` are room for the lists of what is not zero; empty where no zeros are expected.
  sparse_dense_layer(const dense_layer& shape, sparse_rows<T> x, sparse_rows<T> dy)
      : dense_layer(shape), x_(std::move(x)), dy_(std::move(dy)) {}

  void forward(std::span<const T> own, std::span<const T> x, std::span<T> y) {
    if (x_.take(x, x.size() / inputs())) {
      x_.times(weights(own), biases(own), y);
    } else {
      dense_layer::forward(own, x, y);
    }
  }

  /// After forward() of the same x.
  void backward_parameters(std::span<const T> x, std::span<const T> dy, std::span<T> own_grads) {
    if (x_.empty()) return dense_layer::backward_parameters(x, dy, own_grads);
    x_.transposed_times(dy, weights(own_grads));
    backward_biases(dy, own_grads);
  }

  void backward_inputs(std::span<const T> own, std::span<const T> dy, std::span<T> dx) {
    if (dy_.take(dy, dy.size() / outputs())) {
      dy_.times_transposed(weights(own), dx);
    } else {
      dense_layer::backward_inputs(own, dy, dx);
    }
  }

 private:
  sparse_rows<T> x_, dy_;
};

}  // namespace ravine
