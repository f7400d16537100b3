// One weight for each class, whatever the example, and metrics of its own.
#include <ravine/cross_entropy.hpp>
#include <ravine/model.hpp>

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

template <class T>
class measuring {
 public:
  static constexpr ravine::about about{"measuring", "Class frequencies, and metrics of its own"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("fault", {"none", "twice", "reserved", "spaced", "not_finite", "throws"})
          .doc("what is wrong"));

  measuring(ravine::config<measuring> values, const ravine::data_spec& data)
      : fault_(values.choice("fault")),
        classes_(data.classes()),
        scores_(data.max_batch() * data.classes()) {}

  void layout(ravine::layout_builder& tensors) const { tensors.bias("weights", classes_); }
  void init(std::uint64_t, std::span<T> params) const {
    for (T& each : params) each = 0;
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    const std::span<T> scores = std::span(scores_).first(b.size() * classes_);
    predict(params, b, scores);
    const double loss =
        ravine::cross_entropy(scores, b.labels(), classes_, ravine::cross_entropy_output::scores_to_gradient);
    for (std::size_t c = 0; c < grads.size(); ++c) {
      grads[c] = 0;
      for (std::size_t i = c; i < scores.size(); i += classes_) grads[c] += scores[i];
    }
    return loss;
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    for (std::size_t i = 0; i < b.size() * classes_; ++i) scores[i] = params[i % classes_];
  }

  std::vector<std::string> metrics() const {
    if (fault_ == "twice") return {"mean_label", "mean_label"};
    if (fault_ == "reserved") return {"loss"};
    if (fault_ == "spaced") return {"mean label"};
    return {"mean_label", "first_score"};
  }

  void measure(std::span<const T>, const ravine::batch<T>& b, std::span<const T> scores,
               std::span<double> values) {
    if (fault_ == "throws") throw std::runtime_error("this is not to be measured");
    values[0] = 0;
    for (const auto label : b.labels()) values[0] += double(label) / double(b.size());
    values[1] = fault_ == "not_finite" ? std::numeric_limits<double>::quiet_NaN() : double(scores[0]);
  }

 private:
  std::string_view fault_;
  std::size_t classes_;
  std::vector<T> scores_;
};

}  // namespace

RAVINE_MODEL(measuring)
