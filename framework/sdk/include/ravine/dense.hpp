#pragma once

#include <ravine/arrays.hpp>
#include <ravine/model.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include <xtensor-blas/xblas.hpp>

namespace ravine {

/// A fully connected layer: y = x W' + b with W (outputs x inputs) and then b (outputs) in its part of the
/// parameter vector. Matrices are row-major with one example a row; products run on BLAS and nothing is
/// allocated.
class dense_layer {
 public:
  dense_layer(std::size_t inputs, std::size_t outputs) : inputs_(inputs), outputs_(outputs) {}

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t parameters() const { return (inputs_ + 1) * outputs_; }

  void layout(layout_builder& tensors, const std::string& name) const {
    tensors.weight(name + ".weight", {outputs_, inputs_}, inputs_, outputs_);
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
  void forward(std::span<const T> own, std::span<const T> x, std::span<T> y, std::size_t rows) const {
    const std::span<const T> bias = biases(own);
    for (std::size_t i = 0; i < rows; ++i)
      std::copy(bias.begin(), bias.end(), y.begin() + offset(i * outputs_));
    auto result = as_array(y, rows, outputs_);
    xt::blas::gemm(as_array(x, rows, inputs_), as_array(weights(own), outputs_, inputs_), result, 0, 1, T{1},
                   T{1});
  }

  /// The gradient of its own parameters from that of y.
  template <class T>
  void backward_parameters(std::span<const T> x, std::span<const T> dy, std::span<T> own_grads,
                           std::size_t rows) const {
    auto dw = as_array(weights(own_grads), outputs_, inputs_);
    xt::blas::gemm(as_array(dy, rows, outputs_), as_array(x, rows, inputs_), dw, 1, 0, T{1}, T{0});
    const std::span<T> db = biases(own_grads);
    std::fill(db.begin(), db.end(), T{0});
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < outputs_; ++k) db[k] += dy[i * outputs_ + k];
    }
  }

  /// The gradient of x from that of y.
  template <class T>
  void backward_inputs(std::span<const T> own, std::span<const T> dy, std::span<T> dx,
                       std::size_t rows) const {
    auto result = as_array(dx, rows, inputs_);
    xt::blas::gemm(as_array(dy, rows, outputs_), as_array(weights(own), outputs_, inputs_), result, 0, 0,
                   T{1}, T{0});
  }

 private:
  static std::ptrdiff_t offset(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

  std::size_t inputs_;
  std::size_t outputs_;
};

}  // namespace ravine
