#pragma once

#include <ravine/matrices.hpp>
#include <ravine/model.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace ravine {

/// A fully connected layer: y = x W + b with W (inputs x outputs) and then b (outputs) in its part of the
/// parameter vector. Matrices are row-major with one example a row; products run on OpenBLAS and nothing
/// is allocated. How many rows there are is told by the spans. W lies the other way than PyTorch's, so that
/// an input that is zero skips a row of it.
class dense_layer {
 public:
  dense_layer(std::size_t inputs, std::size_t outputs) : inputs_(inputs), outputs_(outputs) {}

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t parameters() const { return (inputs_ + 1) * outputs_; }

  void layout(layout_builder& tensors, const std::string& name) const {
    tensors.weight(name + ".weight", {inputs_, outputs_}, inputs_, outputs_);
    tensors.bias(name + ".bias", outputs_);
  }

  /// Its weights and its biases within its parameters (or their gradients).
  template <class T>
  std::span<T> weights(std::span<T> own) const {
    return own.first(inputs_ * outputs_);
  }
  template <class T>
  std::span<T> biases(std::span<T> own) const {
    return own.subspan(inputs_ * outputs_, outputs_);
  }

  /// y (rows x outputs) from x (rows x inputs).
  template <class T>
  void forward(std::span<const T> own, std::span<const T> x, std::span<T> y) const {
    const std::span<const T> bias = biases(own);
    for (T* row = y.data(); row != y.data() + y.size(); row += outputs_) {
      std::copy(bias.begin(), bias.end(), row);
    }
    multiply(matrix(x, inputs_), matrix(weights(own), outputs_), y, 1, 1);
  }

  /// The gradient of its own parameters from that of y.
  template <class T>
  void backward_parameters(std::span<const T> x, std::span<const T> dy, std::span<T> own_grads) const {
    multiply(transposed(x, inputs_), matrix(dy, outputs_), weights(own_grads));
    backward_biases(dy, own_grads);
  }
  template <class T>
  void backward_biases(std::span<const T> dy, std::span<T> own_grads) const {
    on_widest_vectors([&](auto) {
      T* const sums = biases(own_grads).data();
      const std::size_t width = outputs_;
      std::fill_n(sums, width, T{0});
      for (const T* row = dy.data(); row != dy.data() + dy.size(); row += width) {
        for (std::size_t k = 0; k < width; ++k) sums[k] += row[k];
      }
    });
  }

  /// The gradient of x from that of y.
  template <class T>
  void backward_inputs(std::span<const T> own, std::span<const T> dy, std::span<T> dx) const {
    multiply(matrix(dy, outputs_), transposed(weights(own), outputs_), dx);
  }

 private:
  std::size_t inputs_;
  std::size_t outputs_;
};

}  // namespace ravine
