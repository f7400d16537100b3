#include <ravine/convolution.hpp>
#include <ravine/cross_entropy.hpp>
#include <ravine/dense.hpp>
#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

/// Channels, height and width of an example.
ravine::picture_shape picture_of(const ravine::data_spec& data) {
  const auto shape = data.shape();
  if (shape.size() == 2) return {1, shape[0], shape[1]};
  if (shape.size() == 3) return {shape[0], shape[1], shape[2]};
  throw ravine::bad_config("examples have " + std::to_string(shape.size()) +
                           " dimensions, expected pictures: height x width or channels x height x width");
}

template <class T>
class cnn {
 public:
  static constexpr ravine::about about{
      "cnn", "Convolutional network in the manner of LeNet-5", "LeCun et al. 1998, doi:10.1109/5.726791",
      "Stages of convolution (stride 1), rectifier and maximum over squares of 2 x 2 (stride 2; an odd last "
      "row\n"
      "or column is left out), then dense layers with rectifiers between them and mean cross-entropy at the "
      "end.\n"
      "The first stage pads its pictures by (kernel - 1) / 2 zeros on each side, the others don't, so that "
      "the\n"
      "defaults on 28 x 28 are LeNet-5's sizes: 6 x 14 x 14, 16 x 5 x 5, 120, 84, 10. Weights start from a\n"
      "normal distribution of standard deviation sqrt(2 / fan_in) (He 2015, arXiv:1502.01852), biases at "
      "zero.\n"
      "Unlike LeNet-5 it has no scaled tanh, no trainable pooling, and joins all channels."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer_list("channels", {6, 16}).at_least(1).at_most(4096).doc("of each convolution"),
      ravine::integer("kernel", 5).at_least(1).at_most(99).doc("height and width of the convolutions"),
      ravine::integer_list("hidden", {120, 84}).at_least(1).at_most(65536).doc("units of each dense layer"));

  cnn(ravine::config<cnn> c, const ravine::data_spec& data)
      : picture_(picture_of(data)),
        margin_(static_cast<std::size_t>(c.integer("kernel") - 1) / 2),
        groups_((data.max_batch() + group - 1) / group) {
    add_stages(c.list("channels"), static_cast<std::size_t>(c.integer("kernel")));
    const std::size_t features = stages_.empty() ? data.features() : stages_.back().output().size();
    std::size_t width = features;
    activations_.emplace_back(data.max_batch() * width);
    for (const std::int64_t units : c.list("hidden")) add_layer(width, static_cast<std::size_t>(units), data);
    add_layer(width, data.classes(), data);
    gradients_ = activations_;
    pooled_.resize(features * group);
    slopes_.resize(std::max(features, largest_input()) * group);
    next_slopes_ = slopes_;
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].layout(tensors, "conv" + std::to_string(i));
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i)
      layers_[i].layout(tensors, "hidden" + std::to_string(i));
    layers_.back().layout(tensors, "output");
  }

  void init(std::uint64_t seed, std::span<T> params) const {
    ravine::random_stream random(seed);
    const auto start = [&](std::size_t weights, std::size_t biases, std::size_t fan_in) {
      const double deviation = std::sqrt(2 / static_cast<double>(fan_in));
      for (T& weight : params.first(weights)) weight = static_cast<T>(random.normal(0, deviation));
      std::ranges::fill(params.subspan(weights, biases), T{0});
      params = params.subspan(weights + biases);
    };
    for (const auto& stage : stages_) start(stage.weights(), stage.output().channels, stage.fan_in());
    for (const auto& layer : layers_)
      start(layer.inputs() * layer.outputs(), layer.outputs(), layer.inputs());
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::size_t classes = layers_.back().outputs();
    const std::span<T> scores = std::span(gradients_.back()).first(b.size() * classes);
    predict(params, b, scores);
    if (grads.empty())
      return ravine::cross_entropy(scores, b.labels(), classes, ravine::cross_entropy_output::loss_only);
    const double loss =
        ravine::cross_entropy(scores, b.labels(), classes, ravine::cross_entropy_output::scores_to_gradient);
    backward_dense(params, grads, b.size());
    backward_stages(params, grads, b.size());
    return loss;
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    const std::span<const T> dense = forward_stages(params, b);
    forward_dense(dense, b.size(), scores);
  }

 private:
  static constexpr std::size_t group = ravine::group_size<T>;

  void add_stages(std::span<const std::int64_t> channels, std::size_t kernel) {
    ravine::picture_shape shape{picture_.channels, picture_.height + 2 * margin_,
                                picture_.width + 2 * margin_};
    for (const std::int64_t outputs : channels) {
      if (std::min(shape.height, shape.width) < kernel + 1) {
        throw ravine::bad_config("convolution " + std::to_string(stages_.size()) + " meets pictures of " +
                                 std::to_string(shape.height) + " x " + std::to_string(shape.width) +
                                 ", expected at least " + std::to_string(kernel + 1) +
                                 " each way: name fewer channels or a smaller kernel");
      }
      stages_.emplace_back(shape, static_cast<std::size_t>(outputs), kernel);
      inputs_.emplace_back(shape.size() * group * groups_);
      shape = stages_.back().output();
      winners_.emplace_back(shape.size() * group * groups_);
    }
  }

  void add_layer(std::size_t& width, std::size_t units, const ravine::data_spec& data) {
    layers_.emplace_back(width, units);
    activations_.emplace_back(data.max_batch() * units);
    width = units;
  }

  std::size_t largest_input() const {
    std::size_t largest = 0;
    for (const auto& stage : stages_) largest = std::max(largest, stage.input().size());
    return largest;
  }

  /// Leaves the pooled pictures, one example a row, in activations_[0]; answers the dense layers' parameters.
  std::span<const T> forward_stages(std::span<const T> params, const ravine::batch<T>& b) {
    const std::size_t features = layers_.front().inputs();
    if (stages_.empty()) std::ranges::copy(b.inputs(), activations_[0].begin());
    std::span<const T> own = params;
    for (std::size_t first = 0; first < b.size() && !stages_.empty(); first += group) {
      const std::size_t g = first / group, examples = std::min(group, b.size() - first);
      own = params;
      group_examples(b, first, examples);
      for (std::size_t i = 0; i < stages_.size(); ++i) {
        const std::size_t size = stages_[i].output().size() * group;
        T* const to = i + 1 < stages_.size() ? inputs_[i + 1].data() + g * size : pooled_.data();
        stages_[i].forward(own, input(i, g), to, winners_[i].data() + g * size);
        own = own.subspan(stages_[i].parameters());
      }
      for (std::size_t e = 0; e < examples; ++e) {
        for (std::size_t k = 0; k < features; ++k)
          activations_[0][(first + e) * features + k] = pooled_[k * group + e];
      }
    }
    return own;
  }

  /// Puts a group of the batch into the first stage's input, inside its margin. Lanes without an example keep
  /// what they have: no gradient comes back to them.
  void group_examples(const ravine::batch<T>& b, std::size_t first, std::size_t examples) {
    const ravine::picture_shape& padded = stages_.front().input();
    T* const to = input(0, first / group);
    const T* const from = b.inputs().data() + first * picture_.size();
    for (std::size_t row = 0; row < picture_.channels * picture_.height; ++row) {
      const std::size_t channel = row / picture_.height, y = row % picture_.height + margin_;
      T* const start = to + ((channel * padded.height + y) * padded.width + margin_) * group;
      for (std::size_t e = 0; e < examples; ++e) {
        const T* const example = from + e * picture_.size() + row * picture_.width;
        for (std::size_t x = 0; x < picture_.width; ++x) start[x * group + e] = example[x];
      }
    }
  }

  void forward_dense(std::span<const T> params, std::size_t rows, std::span<T> scores) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const ravine::dense_layer& layer = layers_[i];
      const bool last = i + 1 == layers_.size();
      const std::span<T> y = last ? scores : std::span(activations_[i + 1]).first(rows * layer.outputs());
      layer.forward(params.first(layer.parameters()), dense_input(i, rows), y, rows);
      if (!last) {
        for (T& v : y) v = v <= 0 ? T{0} : v;
      }
      params = params.subspan(layer.parameters());
    }
  }

  std::span<const T> dense_input(std::size_t i, std::size_t rows) const {
    return std::span<const T>(activations_[i]).first(rows * layers_[i].inputs());
  }

  /// Goes back to gradients_[0], and shortens params and grads to the stages' part.
  void backward_dense(std::span<const T>& params, std::span<T>& grads, std::size_t rows) {
    for (std::size_t i = layers_.size(); i-- > 0;) {
      const ravine::dense_layer& layer = layers_[i];
      const std::span<const T> x = dense_input(i, rows);
      const std::span<const T> dy = std::span<const T>(gradients_[i + 1]).first(rows * layer.outputs());
      layer.backward_parameters(x, dy, grads.last(layer.parameters()), rows);
      if (i > 0 || !stages_.empty()) {
        const std::span<T> dx = std::span(gradients_[i]).first(x.size());
        layer.backward_inputs(params.last(layer.parameters()), dy, dx, rows);
        // The stages pass their rectifiers by themselves.
        for (std::size_t k = 0; i > 0 && k < dx.size(); ++k) dx[k] = x[k] > 0 ? dx[k] : T{0};
      }
      params = params.first(params.size() - layer.parameters());
      grads = grads.first(grads.size() - layer.parameters());
    }
  }

  void backward_stages(std::span<const T> params, std::span<T> grads, std::size_t rows) {
    std::span<const T> own = params;
    for (auto& stage : stages_) {
      stage.start_gradient(own);
      own = own.subspan(stage.parameters());
    }
    for (std::size_t first = 0; first < rows && !stages_.empty(); first += group) {
      group_slopes(first, std::min(group, rows - first));
      for (std::size_t i = stages_.size(), g = first / group; i-- > 0;) {
        const T* const winner = winners_[i].data() + g * stages_[i].output().size() * group;
        stages_[i].backward_parameters(input(i, g), slopes_.data(), winner);
        if (i > 0) stages_[i].backward_inputs(next_slopes_.data());
        slopes_.swap(next_slopes_);
      }
    }
    for (const auto& stage : stages_) {
      stage.finish_gradient(grads.first(stage.parameters()));
      grads = grads.subspan(stage.parameters());
    }
  }

  /// The gradient of the last stage's output for a group, zero in lanes without an example.
  void group_slopes(std::size_t first, std::size_t examples) {
    const std::size_t features = layers_.front().inputs();
    if (examples < group) std::ranges::fill(slopes_, T{0});
    for (std::size_t e = 0; e < examples; ++e) {
      for (std::size_t k = 0; k < features; ++k)
        slopes_[k * group + e] = gradients_[0][(first + e) * features + k];
    }
  }

  T* input(std::size_t stage, std::size_t g) {
    return inputs_[stage].data() + g * stages_[stage].input().size() * group;
  }

  ravine::picture_shape picture_;
  std::size_t margin_;  // of zeros around the first stage's pictures
  std::size_t groups_;  // in the largest batch
  std::vector<ravine::pooled_convolution<T>> stages_;
  std::vector<ravine::dense_layer> layers_;
  // Workspaces for the largest batch: nothing is allocated while training.
  std::vector<std::vector<T>> inputs_;            // of each stage, group after group
  std::vector<std::vector<T>> winners_;           // of each stage's squares
  std::vector<std::vector<T>> activations_;       // inputs of each dense layer, one example a row; scores
  std::vector<std::vector<T>> gradients_;         // of these
  std::vector<T> pooled_, slopes_, next_slopes_;  // of one group
};

}  // namespace

RAVINE_MODEL(cnn)
