#include "dense_stack.hpp"
#include "sparse_dense.hpp"

#include <ravine/model.hpp>
#include <ravine/random.hpp>
#include <ravine/top_accuracy.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
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

/// Activation and dropout of the hidden layers.
template <class T>
class hidden_units {
 public:
  hidden_units(activation between, double dropout, std::span<const std::size_t> widths, std::size_t max_batch)
      : activation_(between), dropout_(dropout) {
    const bool kept = between == activation::gelu || dropout > 0;
    for (const std::size_t width : widths) slopes_.emplace_back(kept ? max_batch * width : 0);
  }

  /// Whether many of them are zero.
  bool gated() const { return activation_ == activation::relu || dropout_ > 0; }
  /// What the next layers belong to.
  void begin(const ravine::batch<T>& b) { training_ = b.training(), seed_ = b.seed(); }

  void activate(std::size_t i, std::span<T> y) {
    T* const slope = slopes_[i].data();
    switch (activation_) {
      case activation::relu:
        ravine::rectifier<T>::activate(i, y);
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
    if (dropout_ > 0) drop(i, y);
  }

  void through(std::size_t i, std::span<const T> y, std::span<T> dy) const {
    if (!slopes_[i].empty()) {
      for (std::size_t k = 0; k < dy.size(); ++k) dy[k] *= slopes_[i][k];
    } else if (activation_ == activation::relu) {
      ravine::rectifier<T>::through(i, y, dy);
    } else {
      for (std::size_t k = 0; k < dy.size(); ++k) dy[k] *= slope_at(y[k]);
    }
  }

 private:
  /// With dropout the slopes have to be kept: a dropped output tells nothing about them.
  void drop(std::size_t i, std::span<T> y) {
    T* const slope = slopes_[i].data();
    if (activation_ != activation::gelu) {
      for (std::size_t k = 0; k < y.size(); ++k) slope[k] = slope_at(y[k]);
    }
    if (!training_) return;
    ravine::random_stream random(seed_ + i);
    const T kept = T(1 / (1 - dropout_));
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

  activation activation_;
  double dropout_;
  bool training_ = false;
  std::uint64_t seed_ = 0;
  std::vector<std::vector<T>> slopes_;  // of activation and dropout; empty where the output tells them
};

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
      : he_(starts_as_he(c)),
        units_(activation_named(c.choice("activation")), c["dropout"], c.counts("hidden"), data.max_batch()),
        layers_(make_layers(c.counts("hidden"), data), data.max_batch()) {}

  void layout(ravine::layout_builder& tensors) const { layers_.layout(tensors); }

  void init(std::uint64_t seed, std::span<T> params) const {
    ravine::random_stream random(seed);
    const auto deviation = [this](const ravine::dense_layer& each) {
      return std::sqrt(2 / double(he_ ? each.inputs() : each.inputs() + each.outputs()));
    };
    layers_.init(random, deviation, params);
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    units_.begin(b);
    return layers_.loss_gradient(params, b.inputs(), b.labels(), grads, {}, units_);
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    units_.begin(b);
    layers_.forward(params, b.inputs(), scores, units_);
  }

  /// Of many classes, the right one among the first five.
  std::vector<std::string> metrics() const {
    return layers_.classes() > 10 ? std::vector<std::string>{"top5_accuracy"} : std::vector<std::string>();
  }

  void measure(std::span<const T>, const ravine::batch<T>& b, std::span<const T> scores,
               std::span<double> values) {
    values[0] = ravine::top_accuracy(scores, b.labels(), layers_.classes(), 5);
  }

 private:
  using layer = ravine::sparse_dense_layer<T>;

  static bool starts_as_he(const ravine::config<mlp>& c) {
    const activation between = activation_named(c.choice("activation"));
    const bool as_rectifier = between == activation::relu || between == activation::gelu;
    return c.choice("init") == "he" || (c.choice("init") == "by_activation" && as_rectifier);
  }

  /// Images have zeros, and so has what a rectifier or dropout lets through.
  std::vector<layer> make_layers(std::vector<std::size_t> widths, const ravine::data_spec& data) const {
    const auto room = [&](bool has_zeros, std::size_t width, std::size_t product_width) {
      const bool worthwhile = has_zeros && product_width >= ravine::sparse_rows<T>::narrowest;
      return worthwhile ? ravine::sparse_rows<T>(data.max_batch(), width) : ravine::sparse_rows<T>();
    };
    widths.push_back(data.classes());
    std::vector<layer> made;
    std::size_t inputs = data.features();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool hidden = i > 0 && i + 1 < widths.size();
      made.emplace_back(ravine::dense_layer(inputs, widths[i]),
                        room(i == 0 || units_.gated(), inputs, widths[i]),
                        room(hidden && units_.gated(), widths[i], inputs));
      inputs = widths[i];
    }
    return made;
  }

  bool he_;
  hidden_units<T> units_;
  ravine::dense_stack<T, layer> layers_;
};

}  // namespace

RAVINE_MODEL(mlp)
