#include <ravine/cross_entropy.hpp>
#include <ravine/dense.hpp>
#include <ravine/model.hpp>
#include <ravine/top_accuracy.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

template <class T>
class softmax {
 public:
  static constexpr ravine::about about{"softmax", "Multinomial logistic regression",
                                       "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x",
                                       "Mean cross-entropy of softmax(x W + b). Convex; starts at zero."};

  softmax(ravine::config<softmax>, const ravine::data_spec& data)
      : layer_(data.features(), data.classes()), scores_(data.max_batch() * data.classes()) {}

  void layout(ravine::layout_builder& tensors) const { layer_.layout(tensors, "output"); }

  void init(std::uint64_t, std::span<T> params) const { std::fill(params.begin(), params.end(), T{0}); }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::span<T> scores = std::span(scores_).first(b.size() * layer_.outputs());
    predict(params, b, scores);
    if (grads.empty()) {
      return ravine::cross_entropy(scores, b.labels(), layer_.outputs(),
                                   ravine::cross_entropy_output::loss_only);
    }
    const double loss = ravine::cross_entropy(scores, b.labels(), layer_.outputs(),
                                              ravine::cross_entropy_output::scores_to_gradient);
    layer_.backward_parameters<T>(b.inputs(), scores, grads);
    return loss;
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    layer_.forward(params, b.inputs(), scores);
  }

  /// Of many classes, the right one among the first five.
  std::vector<std::string> metrics() const {
    return layer_.outputs() > 10 ? std::vector<std::string>{"top5_accuracy"} : std::vector<std::string>();
  }

  void measure(std::span<const T>, const ravine::batch<T>& b, std::span<const T> scores,
               std::span<double> values) {
    values[0] = ravine::top_accuracy(scores, b.labels(), layer_.outputs(), 5);
  }

 private:
  ravine::dense_layer layer_;
  std::vector<T> scores_;  // max_batch x classes
};

}  // namespace

RAVINE_MODEL(softmax)
