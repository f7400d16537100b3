#include "convolution.hpp"
#include "dense_stack.hpp"

#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

/// Channels, height and width of an example.
ravine::image_shape image_of(const ravine::data_spec& data) {
  const auto shape = data.shape();
  if (shape.size() == 2) return {1, shape[0], shape[1]};
  if (shape.size() == 3) return {shape[0], shape[1], shape[2]};
  throw ravine::bad_config("examples have " + std::to_string(shape.size()) +
                           " dimensions, expected images: height x width or channels x height x width");
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
      "The first stage pads its images by (kernel - 1) / 2 zeros on each side, the others don't, so that "
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
      : image_(image_of(data)),
        margin_((c.count("kernel") - 1) / 2),
        groups_((data.max_batch() + group - 1) / group),
        stages_(make_stages(c)),
        features_(stages_.empty() ? data.features() : stages_.back().output().size()),
        layers_(make_layers(c.counts("hidden"), data.classes()), data.max_batch()),
        pooled_(data.max_batch() * features_),
        pooled_gradient_(stages_.empty() ? 0 : pooled_.size()),
        pooled_group_(features_ * group) {
    std::size_t largest = features_;
    for (const auto& stage : stages_) {
      inputs_.emplace_back(stage.input().size() * group * groups_);
      winners_.emplace_back(stage.output().size() * group * groups_);
      largest = std::max(largest, stage.input().size());
    }
    slopes_.resize(largest * group);
    next_slopes_ = slopes_;
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].layout(tensors, "conv" + std::to_string(i));
    layers_.layout(tensors);
  }

  void init(std::uint64_t seed, std::span<T> params) const {
    ravine::random_stream random(seed);
    const auto deviation = [](std::size_t fan_in) { return std::sqrt(2 / double(fan_in)); };
    for (const auto& stage : stages_) {
      ravine::fill_normal(params.first(stage.weights()), deviation(stage.fan_in()), random);
      std::ranges::fill(params.subspan(stage.weights(), stage.output().channels), T{0});
      params = params.subspan(stage.parameters());
    }
    layers_.init(
        random, [&](const auto& layer) { return deviation(layer.inputs()); }, params);
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::span<const T> features = forward_stages(params, b);
    const std::size_t own = stage_parameters();
    const std::span<T> slopes = std::span(pooled_gradient_).first(stages_.empty() ? 0 : features.size());
    const double loss = layers_.loss_gradient(params.subspan(own), features, b.labels(),
                                              grads.empty() ? grads : grads.subspan(own), slopes, rectifier_);
    if (!grads.empty()) backward_stages(params, grads, b.size());
    return loss;
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    const std::span<const T> features = forward_stages(params, b);
    layers_.forward(params.subspan(stage_parameters()), features, scores, rectifier_);
  }

 private:
  static constexpr std::size_t group = ravine::group_size<T>;

  std::vector<ravine::pooled_convolution<T>> make_stages(const ravine::config<cnn>& c) const {
    const std::size_t kernel = c.count("kernel");
    std::vector<ravine::pooled_convolution<T>> made;
    ravine::image_shape shape{image_.channels, image_.height + 2 * margin_, image_.width + 2 * margin_};
    for (const std::size_t outputs : c.counts("channels")) {
      if (std::min(shape.height, shape.width) < kernel + 1) {
        throw ravine::bad_config("convolution " + std::to_string(made.size()) + " meets images of " +
                                 std::to_string(shape.height) + " x " + std::to_string(shape.width) +
                                 ", expected at least " + std::to_string(kernel + 1) +
                                 " each way: name fewer channels or a smaller kernel");
      }
      made.emplace_back(shape, outputs, kernel);
      shape = made.back().output();
    }
    return made;
  }

  std::vector<ravine::dense_layer> make_layers(std::vector<std::size_t> widths, std::size_t classes) const {
    widths.push_back(classes);
    std::vector<ravine::dense_layer> made;
    std::size_t inputs = features_;
    for (const std::size_t width : widths) {
      made.emplace_back(inputs, width);
      inputs = width;
    }
    return made;
  }

  std::size_t stage_parameters() const {
    std::size_t sum = 0;
    for (const auto& stage : stages_) sum += stage.parameters();
    return sum;
  }

  /// The pooled images, one example a row.
  std::span<const T> forward_stages(std::span<const T> params, const ravine::batch<T>& b) {
    if (stages_.empty()) return b.inputs();
    for (std::size_t first = 0; first < b.size(); first += group) {
      const std::size_t g = first / group, examples = std::min(group, b.size() - first);
      std::span<const T> own = params;
      group_examples(b, first, examples);
      for (std::size_t i = 0; i < stages_.size(); ++i) {
        const std::size_t size = stages_[i].output().size() * group;
        T* const to = i + 1 < stages_.size() ? inputs_[i + 1].data() + g * size : pooled_group_.data();
        stages_[i].forward(own, input(i, g), to, winners_[i].data() + g * size);
        own = own.subspan(stages_[i].parameters());
      }
      for (std::size_t e = 0; e < examples; ++e) {
        for (std::size_t k = 0; k < features_; ++k)
          pooled_[(first + e) * features_ + k] = pooled_group_[k * group + e];
      }
    }
    return std::span<const T>(pooled_).first(b.size() * features_);
  }

  /// Puts a group of the batch into the first stage's input, inside its margin. Lanes without an example keep
  /// what they have: no gradient comes back to them.
  void group_examples(const ravine::batch<T>& b, std::size_t first, std::size_t examples) {
    const ravine::image_shape& padded = stages_.front().input();
    T* const to = input(0, first / group);
    const T* const from = b.inputs().data() + first * image_.size();
    for (std::size_t row = 0; row < image_.channels * image_.height; ++row) {
      const std::size_t channel = row / image_.height, y = row % image_.height + margin_;
      T* const start = to + ((channel * padded.height + y) * padded.width + margin_) * group;
      for (std::size_t e = 0; e < examples; ++e) {
        const T* const example = from + e * image_.size() + row * image_.width;
        for (std::size_t x = 0; x < image_.width; ++x) start[x * group + e] = example[x];
      }
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
    if (examples < group) std::ranges::fill(slopes_, T{0});
    for (std::size_t e = 0; e < examples; ++e) {
      for (std::size_t k = 0; k < features_; ++k)
        slopes_[k * group + e] = pooled_gradient_[(first + e) * features_ + k];
    }
  }

  T* input(std::size_t stage, std::size_t g) {
    return inputs_[stage].data() + g * stages_[stage].input().size() * group;
  }

  ravine::image_shape image_;
  std::size_t margin_;  // of zeros around the first stage's images
  std::size_t groups_;  // in the largest batch
  std::vector<ravine::pooled_convolution<T>> stages_;
  std::size_t features_;  // of the last stage's output
  ravine::dense_stack<T, ravine::dense_layer> layers_;
  ravine::rectifier<T> rectifier_;
  // Workspaces for the largest batch: nothing is allocated while training.
  std::vector<T> pooled_, pooled_gradient_;             // the last stage's output, one example a row
  std::vector<std::vector<T>> inputs_;                  // of each stage, group after group
  std::vector<std::vector<T>> winners_;                 // of each stage's squares
  std::vector<T> pooled_group_, slopes_, next_slopes_;  // of one group
};

}  // namespace

RAVINE_MODEL(cnn)
