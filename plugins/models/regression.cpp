#include <ravine/dense.hpp>
#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

template <class T>
class regression_model {
 public:
  static constexpr ravine::about about{
      "regression", "Least squares on data: a linear model, or a network that predicts a number",
      "Gauss 1809, Theoria motus",
      "Mean of (f(x) - y)^2 over the batch, as PyTorch's nn.MSELoss. f is linear, or a network with the\n"
      "hidden layers of `hidden` and tanh after each. A linear model starts at zero, where the problem is\n"
      "convex; weights of a network start normal with standard deviation 1 / sqrt(inputs of the layer)\n"
      "(LeCun et al. 1998), its biases at zero. Give data of other scales standardize: true, which scales "
      "the\n"
      "target as well."};
  static constexpr bool regression = true;
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer_list("hidden", {}).at_least(1).at_most(65536).doc("units of each hidden layer"));

  regression_model(ravine::config<regression_model> c, const ravine::data_spec& data) {
    std::size_t before = data.features();
    std::vector<std::size_t> widths = c.counts("hidden");
    widths.push_back(1);
    for (const std::size_t width : widths) {
      layers_.emplace_back(before, width);
      outputs_.emplace_back(data.max_batch() * width);
      before = width;
    }
    slopes_ = outputs_;
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i)
      layers_[i].layout(tensors, "hidden" + std::to_string(i));
    layers_.back().layout(tensors, "output");
  }

  void init(std::uint64_t seed, std::span<T> params) const {
    std::ranges::fill(params, T{0});
    if (layers_.size() == 1) return;
    ravine::random_stream random(seed);
    for (const ravine::dense_layer& each : layers_) {
      const double deviation = 1 / std::sqrt(static_cast<double>(each.inputs()));
      for (T& weight : each.weights(params.first(each.parameters())))
        weight = static_cast<T>(random.normal(0, deviation));
      params = params.subspan(each.parameters());
    }
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    forward(params, b);
    const std::span<const T> y = b.targets();
    const auto count = static_cast<T>(b.size());
    double squares = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const T off = outputs_.back()[i] - y[i];
      squares += static_cast<double>(off) * static_cast<double>(off);
      slopes_.back()[i] = 2 * off / count;
    }
    if (!grads.empty()) backward(params, b, grads);
    return squares / static_cast<double>(b.size());
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> numbers) {
    forward(params, b);
    std::copy_n(outputs_.back().begin(), numbers.size(), numbers.begin());
  }

 private:
  /// The first rows of a workspace of a layer: examples x units.
  std::span<T> rows(std::vector<std::vector<T>>& of, std::size_t layer, const ravine::batch<T>& b) {
    return std::span(of[layer]).first(b.size() * layers_[layer].outputs());
  }

  void forward(std::span<const T> params, const ravine::batch<T>& b) {
    std::span<const T> entered = b.inputs();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const std::span<T> out = rows(outputs_, i, b);
      layers_[i].template forward<T>(params.first(layers_[i].parameters()), entered, out);
      params = params.subspan(layers_[i].parameters());
      if (i + 1 == layers_.size()) break;
      for (T& each : out) each = std::tanh(each);
      entered = out;
    }
  }

  void backward(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    for (std::size_t i = layers_.size(); i-- > 0;) {
      const ravine::dense_layer& layer = layers_[i];
      const std::size_t own = layer.parameters();
      const std::span<const T> slope = rows(slopes_, i, b);
      const std::span<const T> entered = i == 0 ? b.inputs() : std::span<const T>(rows(outputs_, i - 1, b));
      layer.template backward_parameters<T>(entered, slope, grads.last(own));
      if (i == 0) return;
      const std::span<T> before = rows(slopes_, i - 1, b);
      layer.template backward_inputs<T>(params.last(own), slope, before);
      for (std::size_t k = 0; k < before.size(); ++k) before[k] *= 1 - entered[k] * entered[k];
      params = params.first(params.size() - own);
      grads = grads.first(grads.size() - own);
    }
  }

  std::vector<ravine::dense_layer> layers_;
  std::vector<std::vector<T>> outputs_;  // of each layer, after its activation
  std::vector<std::vector<T>> slopes_;   // of the loss with respect to what a layer puts out, before it
};

}  // namespace

RAVINE_MODEL(regression_model)
