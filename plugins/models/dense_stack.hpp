#pragma once

#include <ravine/cross_entropy.hpp>
#include <ravine/dense.hpp>
#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// Fills weights with numbers from a normal distribution around 0.
template <class T>
void fill_normal(std::span<T> weights, double deviation, random_stream& random) {
  for (T& weight : weights) weight = static_cast<T>(random.normal(0, deviation));
}

/// The rectifier between layers.
template <class T>
struct rectifier {
  /// Turns the output of a hidden layer into its activation.
  static void activate(std::size_t, std::span<T> y) {
    on_widest_vectors([&](auto) {
      for (T& v : y) v = v <= 0 ? T{0} : v;  // what is no number stays so
    });
  }
  /// Turns the gradient of the activation y into that of the output.
  static void through(std::size_t, std::span<const T> y, std::span<T> dy) {
    on_widest_vectors([&](auto) {
      for (std::size_t k = 0; k < dy.size(); ++k) dy[k] = y[k] > 0 ? dy[k] : T{0};
    });
  }
};

/// Dense layers one after another, with an activation between them and class scores at the end: the whole of
/// mlp and the end of cnn. Its workspaces are made once, for the largest batch: nothing is allocated while
/// training. `Layer` is dense_layer or has its functions; the activation has those of rectifier, which are
/// given the number of the hidden layer.
template <class T, class Layer>
class dense_stack {
 public:
  dense_stack(std::vector<Layer> layers, std::size_t max_batch) : layers_(std::move(layers)) {
    for (const Layer& layer : layers_) outputs_.emplace_back(max_batch * layer.outputs());
    gradients_ = outputs_;
  }

  std::size_t inputs() const { return layers_.front().inputs(); }
  std::size_t classes() const { return layers_.back().outputs(); }

  void layout(layout_builder& tensors) const {
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i)
      layers_[i].layout(tensors, "hidden" + std::to_string(i));
    layers_.back().layout(tensors, "output");
  }

  /// Weights of standard deviation deviation(layer), biases of zero.
  template <class Deviation>
  void init(random_stream& random, Deviation deviation, std::span<T> params) const {
    for (const Layer& layer : layers_) {
      const std::span<T> own = params.first(layer.parameters());
      fill_normal(layer.weights(own), deviation(layer), random);
      std::ranges::fill(layer.biases(own), T{0});
      params = params.subspan(layer.parameters());
    }
  }

  /// `scores` (rows x classes) from x (rows x inputs).
  template <class Activation>
  void forward(std::span<const T> params, std::span<const T> x, std::span<T> scores, Activation& activation) {
    const std::size_t rows = x.size() / inputs();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Layer& layer = layers_[i];
      const bool last = i + 1 == layers_.size();
      const std::span<T> y = last ? scores : std::span(outputs_[i]).first(rows * layer.outputs());
      layer.forward(params.first(layer.parameters()), x, y);
      if (!last) activation.activate(i, y);
      params = params.subspan(layer.parameters());
      x = y;
    }
  }

  /// The mean cross-entropy of x (rows x inputs); its gradient unless `grads` is empty, and then that of x
  /// too unless `dx` is empty.
  template <class Activation>
  double loss_gradient(std::span<const T> params, std::span<const T> x, std::span<const std::int32_t> labels,
                       std::span<T> grads, std::span<T> dx, Activation& activation) {
    const std::span<T> scores = std::span(outputs_.back()).first(labels.size() * classes());
    forward(params, x, scores, activation);
    const double loss = cross_entropy(
        scores, labels, classes(),
        grads.empty() ? cross_entropy_output::loss_only : cross_entropy_output::scores_to_gradient);
    if (!grads.empty()) backward(params, x, scores, grads, dx, activation);
    return loss;
  }

 private:
  template <class Activation>
  void backward(std::span<const T> params, std::span<const T> x, std::span<const T> dy, std::span<T> grads,
                std::span<T> dx, Activation& activation) {
    const std::size_t rows = x.size() / inputs();
    for (std::size_t i = layers_.size(); i-- > 0;) {
      Layer& layer = layers_[i];
      const std::size_t own = layer.parameters(), size = rows * layer.inputs();
      const std::span<const T> input = i == 0 ? x : std::span<const T>(outputs_[i - 1]).first(size);
      const std::span<T> before = i == 0 ? dx : std::span(gradients_[i - 1]).first(size);
      layer.backward_parameters(input, dy, grads.last(own));
      if (!before.empty()) layer.backward_inputs(params.last(own), dy, before);
      if (i > 0) activation.through(i - 1, input, before);
      dy = before;
      grads = grads.first(grads.size() - own);
      params = params.first(params.size() - own);
    }
  }

  std::vector<Layer> layers_;
  std::vector<std::vector<T>> outputs_;    // after activation; scores and then their gradient for the last
  std::vector<std::vector<T>> gradients_;  // of the outputs
};

}  // namespace ravine
