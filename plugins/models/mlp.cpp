#include <ravine/cross_entropy.hpp>
#include <ravine/dense.hpp>
#include <ravine/model.hpp>
#include <ravine/random.hpp>
#include <ravine/sparse_rows.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace {

enum class activation { relu, tanh, sigmoid, gelu };

activation activation_named(std::string_view name) {
  return name == "relu"   ? activation::relu
         : name == "tanh" ? activation::tanh
         : name == "gelu" ? activation::gelu
                          : activation::sigmoid;
}

/// Standard normal distribution function.
template <class T>
T normal_cdf(T z) {
  return (1 + std::erf(z / std::numbers::sqrt2_v<T>)) / 2;
}

template <class T>
class mlp {
 public:
  static constexpr ravine::about about{
      "mlp", "Multi-layer perceptron", "Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0",
      "Dense layers with an activation between them and mean cross-entropy at the end. Weights start from a\n"
      "normal distribution of standard deviation sqrt(2 / fan_in) (He 2015, arXiv:1502.01852) or\n"
      "sqrt(2 / (fan_in + fan_out)) (Glorot 2010), biases at zero. Dropout scales what it keeps by\n"
      "1 / (1 - dropout)."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer_list("hidden", {128}).at_least(1).at_most(65536).doc("units of each hidden layer"),
      ravine::choice("activation", {"relu", "tanh", "sigmoid", "gelu"}).doc("between the layers"),
      ravine::real("dropout", 0)
          .at_least(0)
          .below(1)
          .search(0, 0.7)
          .doc("share of hidden units left out of a batch"),
      ravine::choice("init", {"by_activation", "he", "glorot"})
          .doc("starting weights; by_activation: he for relu and gelu, glorot for tanh and sigmoid"));

  mlp(ravine::config<mlp> c, const ravine::data_spec& data)
      : activation_(activation_named(c.choice("activation"))),
        he_(c.choice("init") == "he" ||
            (c.choice("init") == "by_activation" &&
             (activation_ == activation::relu || activation_ == activation::gelu))),
        dropout_(c["dropout"]) {
    std::size_t width = data.features();
    for (const std::int64_t units : c.list("hidden")) {
      layers_.emplace_back(width, static_cast<std::size_t>(units));
      width = static_cast<std::size_t>(units);
    }
    layers_.emplace_back(width, data.classes());
    for (const ravine::dense_layer& layer : layers_) {
      const std::size_t size = data.max_batch() * layer.outputs();
      outputs_.emplace_back(size);
      gradients_.emplace_back(size);
      slopes_.emplace_back(activation_ == activation::gelu || dropout_ > 0 ? size : 0);
    }
    make_room_for_lists(data.max_batch());
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i)
      layers_[i].layout(tensors, "hidden" + std::to_string(i));
    layers_.back().layout(tensors, "output");
  }

  void init(std::uint64_t seed, std::span<T> params) const {
    ravine::random_stream random(seed);
    for (const ravine::dense_layer& layer : layers_) {
      const auto inputs = static_cast<double>(layer.inputs());
      const auto outputs = static_cast<double>(layer.outputs());
      const double deviation = std::sqrt(2 / (he_ ? inputs : inputs + outputs));
      const std::span<T> own = params.first(layer.parameters());
      for (T& weight : layer.weights(own)) weight = static_cast<T>(random.normal(0, deviation));
      std::ranges::fill(layer.biases(own), T{0});
      params = params.subspan(layer.parameters());
    }
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::size_t classes = layers_.back().outputs();
    const std::span<T> scores = std::span(outputs_.back()).first(b.size() * classes);
    forward(params, b, scores);
    if (grads.empty()) {
      return ravine::cross_entropy(scores, b.labels(), classes, ravine::cross_entropy_output::loss_only);
    }
    const double loss =
        ravine::cross_entropy(scores, b.labels(), classes, ravine::cross_entropy_output::scores_to_gradient);
    backward(params, b, grads);
    return loss;
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    forward(params, b, scores);
  }

 private:
  /// Images have zeros, and so has what a rectifier or dropout lets through.
  void make_room_for_lists(std::size_t examples) {
    const bool gated = activation_ == activation::relu || dropout_ > 0;
    const auto room = [=](bool has_zeros, std::size_t width, std::size_t product_width) {
      const bool worthwhile = has_zeros && product_width >= ravine::sparse_rows<T>::narrowest;
      return worthwhile ? ravine::sparse_rows<T>(examples, width) : ravine::sparse_rows<T>();
    };
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const std::size_t inputs = layers_[i].inputs(), outputs = layers_[i].outputs();
      const bool hidden = i > 0 && i + 1 < layers_.size();
      sparse_inputs_.push_back(room(i == 0 || gated, inputs, outputs));
      sparse_gradients_.push_back(room(hidden && gated, outputs, inputs));
    }
  }

  /// Leaves every layer's activated output in outputs_, the scores in `scores`.
  void forward(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    std::span<const T> x = b.inputs();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const ravine::dense_layer& layer = layers_[i];
      const bool last = i + 1 == layers_.size();
      const std::span<T> y = last ? scores : std::span(outputs_[i]).first(b.size() * layer.outputs());
      if (sparse_inputs_[i].take(x, b.size())) {
        layer.forward(params.first(layer.parameters()), sparse_inputs_[i], y);
      } else {
        layer.forward(params.first(layer.parameters()), x, y, b.size());
      }
      if (!last) activate(i, y, b);
      params = params.subspan(layer.parameters());
      x = y;
    }
  }

  void activate(std::size_t i, std::span<T> y, const ravine::batch<T>& b) {
    T* const slope = slopes_[i].data();
    switch (activation_) {
      case activation::relu:
        ravine::on_widest_vectors([&](auto) {
          for (T& v : y) v = v <= 0 ? T{0} : v;  // what is no number stays so
        });
        break;
      case activation::tanh:
        for (T& v : y) v = std::tanh(v);
        break;
      case activation::sigmoid:
        for (T& v : y) v = 1 / (1 + std::exp(-v));
        break;
      case activation::gelu:  // z cdf(z); its slope can't be told from its value
        for (std::size_t k = 0; k < y.size(); ++k) {
          const T z = y[k], share = normal_cdf(z);
          slope[k] = share + z * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<T>);
          y[k] = z * share;
        }
        break;
    }
    if (dropout_ > 0) drop(i, y, b);
  }

  /// With dropout the slopes have to be kept: a dropped output tells nothing about them.
  void drop(std::size_t i, std::span<T> y, const ravine::batch<T>& b) {
    T* const slope = slopes_[i].data();
    if (activation_ != activation::gelu) {
      for (std::size_t k = 0; k < y.size(); ++k) slope[k] = slope_at(y[k]);
    }
    if (!b.training()) return;
    ravine::random_stream random(b.seed() + i);
    const T kept = static_cast<T>(1 / (1 - dropout_));
    for (std::size_t k = 0; k < y.size(); ++k) {
      const T factor = random.uniform(0, 1) < dropout_ ? T{0} : kept;
      y[k] *= factor;
      slope[k] *= factor;
    }
  }

  /// The activation's derivative from its value.
  T slope_at(T y) const {
    return activation_ == activation::relu   ? (y > 0 ? T{1} : T{0})
           : activation_ == activation::tanh ? 1 - y * y
                                             : y * (1 - y);
  }

  void backward(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    std::span<const T> dy = std::span<const T>(outputs_.back()).first(b.size() * layers_.back().outputs());
    for (std::size_t i = layers_.size(); i-- > 0;) {
      const ravine::dense_layer& layer = layers_[i];
      const std::span<const T> x =
          i == 0 ? b.inputs() : std::span<const T>(outputs_[i - 1]).first(b.size() * layer.inputs());
      if (!sparse_inputs_[i].empty()) {
        layer.backward_parameters(sparse_inputs_[i], dy, grads.last(layer.parameters()));
      } else {
        layer.backward_parameters(x, dy, grads.last(layer.parameters()), b.size());
      }
      if (i > 0) {
        const std::span<T> dx = std::span(gradients_[i - 1]).first(x.size());
        if (sparse_gradients_[i].take(dy, b.size())) {
          layer.backward_inputs(params.last(layer.parameters()), sparse_gradients_[i], dx);
        } else {
          layer.backward_inputs(params.last(layer.parameters()), dy, dx, b.size());
        }
        through_activation(i - 1, x, dx);
        dy = dx;
      }
      grads = grads.first(grads.size() - layer.parameters());
      params = params.first(params.size() - layer.parameters());
    }
  }

  void through_activation(std::size_t i, std::span<const T> y, std::span<T> dy) const {
    if (!slopes_[i].empty()) {
      for (std::size_t k = 0; k < dy.size(); ++k) dy[k] *= slopes_[i][k];
    } else if (activation_ == activation::relu) {
      ravine::on_widest_vectors([&](auto) {
        for (std::size_t k = 0; k < dy.size(); ++k) dy[k] = y[k] > 0 ? dy[k] : T{0};
      });
    } else {
      for (std::size_t k = 0; k < dy.size(); ++k) dy[k] *= slope_at(y[k]);
    }
  }

  activation activation_;
  bool he_;
  double dropout_;
  std::vector<ravine::dense_layer> layers_;
  // Of the batch at hand, by layer: its inputs, and the gradients of its outputs. Empty if not sparse.
  std::vector<ravine::sparse_rows<T>> sparse_inputs_, sparse_gradients_;
  // Workspaces for the largest batch, one a layer: nothing is allocated while training.
  std::vector<std::vector<T>> outputs_;    // after activation; scores and then their gradient for the last
  std::vector<std::vector<T>> gradients_;  // of the outputs
  std::vector<std::vector<T>> slopes_;     // of activation and dropout; empty where the output tells them
};

}  // namespace

RAVINE_MODEL(mlp)
