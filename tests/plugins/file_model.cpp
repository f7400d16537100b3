// A linear model that starts from the bytes of a file, one a parameter.
#include <ravine/cross_entropy.hpp>
#include <ravine/dense.hpp>
#include <ravine/model.hpp>

#include <cstddef>
#include <vector>

namespace {

template <class T>
class file_model {
 public:
  static constexpr ravine::about about{"file_model", "Starts from the bytes of a file"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::file("start").doc("a byte for each parameter"));

  file_model(ravine::config<file_model> c, const ravine::data_spec& data)
      : layer_(data.features(), data.classes()), scores_(data.max_batch() * data.classes()) {
    const ravine::named_file file = c.file("start");
    for (const std::byte each : file.content)
      start_.push_back(static_cast<T>(std::to_integer<int>(each)) / 256);
    start_.resize((data.features() + 1) * data.classes());
  }

  void layout(ravine::layout_builder& tensors) const { layer_.layout(tensors, "output"); }
  void init(std::uint64_t, std::span<T> params) const {
    std::copy(start_.begin(), start_.end(), params.begin());
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::span<T> scores = std::span(scores_).first(b.size() * layer_.outputs());
    predict(params, b, scores);
    const auto output = grads.empty() ? ravine::cross_entropy_output::loss_only
                                      : ravine::cross_entropy_output::scores_to_gradient;
    const double loss = ravine::cross_entropy(scores, b.labels(), layer_.outputs(), output);
    if (!grads.empty()) layer_.backward_parameters<T>(b.inputs(), scores, grads);
    return loss;
  }
  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    layer_.forward(params, b.inputs(), scores);
  }

 private:
  ravine::dense_layer layer_;
  std::vector<T> start_, scores_;
};

}  // namespace

RAVINE_MODEL(file_model)
