#pragma once

#include <ravine/arrays.hpp>
#include <ravine/model.hpp>
#include <ravine/sparse_rows.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include <xtensor-blas/xblas.hpp>

namespace ravine {

/// A fully connected layer: y = x W + b with W (inputs x outputs) and then b (outputs) in its part of the
/// parameter vector. Matrices are row-major with one example a row; products run on BLAS and nothing is
/// allocated. W lies the other way than PyTorch's, so that an input that is zero skips a row of it.
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
  void forward(std::span<const T> own, std::span<const T> x, std::span<T> y, std::size_t rows) const {
    const std::span<const T> bias = biases(own);
    for (std::size_t i = 0; i < rows; ++i)
      std::copy(bias.begin(), bias.end(), y.begin() + offset(i * outputs_));
    auto result = as_array(y, rows, outputs_);
    xt::blas::gemm(as_array(x, rows, inputs_), as_array(weights(own), inputs_, outputs_), result, 0, 0, T{1},
                   T{1});
  }
  template <class T>
  void forward(std::span<const T> own, const sparse_rows<T>& x, std::span<T> y) const {
    x.times(weights(own), biases(own), y);
  }

  /// The gradient of its own parameters from that of y.
  template <class T>
  void backward_parameters(std::span<const T> x, std::span<const T> dy, std::span<T> own_grads,
                           std::size_t rows) const {
    auto dw = as_array(weights(own_grads), inputs_, outputs_);
    xt::blas::gemm(as_array(x, rows, inputs_), as_array(dy, rows, outputs_), dw, 1, 0, T{1}, T{0});
    sum_rows(dy, biases(own_grads));
  }
  template <class T>
  void backward_parameters(sparse_rows<T>& x, std::span<const T> dy, std::span<T> own_grads) const {
    x.transposed_times(dy, weights(own_grads));
    sum_rows(dy, biases(own_grads));
  }

  /// The gradient of x from that of y.
  template <class T>
  void backward_inputs(std::span<const T> own, std::span<const T> dy, std::span<T> dx,
                       std::size_t rows) const {
    auto result = as_array(dx, rows, inputs_);
    xt::blas::gemm(as_array(dy, rows, outputs_), as_array(weights(own), inputs_, outputs_), result, 0, 1,
                   T{1}, T{0});
  }
  template <class T>
  void backward_inputs(std::span<const T> own, const sparse_rows<T>& dy, std::span<T> dx) const {
    dy.times_transposed(weights(own), dx);
  }

 private:
  template <class T>
  static void sum_rows(std::span<const T> dy, std::span<T> db) {
    on_widest_vectors([&](auto) {
      T* const sums = db.data();
      const std::size_t width = db.size();
      std::fill_n(sums, width, T{0});
      for (const T* row = dy.data(); row != dy.data() + dy.size(); row += width) {
        for (std::size_t k = 0; k < width; ++k) sums[k] += row[k];
      }
    });
  }

  static std::ptrdiff_t offset(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

  std::size_t inputs_;
  std::size_t outputs_;
};

}  // namespace ravine
