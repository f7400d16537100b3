#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct gradient_centralization {
  static constexpr ravine::about about{
      "gradient_centralization", "Gives an optimizer gradients whose mean is 0 for each unit",
      "Yong et al. 2020, arXiv:2004.01461",
      "g <- g - mean of g over the inputs of the same output unit, in tensors of two dimensions and more\n"
      "The authors centralise convolutions and dense layers alike. Vectors and points are left as they are."};
  static constexpr auto hyper = ravine::hyperparameters();
  static constexpr auto scratch = ravine::per_parameter("centred");
  static constexpr bool wraps = true;

  /// The elements of one unit begin at `first`, `stride` apart.
  template <class T>
  static void centre(std::span<T> g, std::size_t first, std::size_t stride, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += double(g[first + i * stride]);
    const T mean = T(sum / double(count));
    for (std::size_t i = 0; i < count; ++i) g[first + i * stride] -= mean;
  }

  template <class T>
  void step(ravine::step<T, gradient_centralization> s) const {
    const std::span<T> centred = s.state("centred");
    std::ranges::copy(s.grads(), centred.begin());
    for (const auto tensor : s.tensors()) {
      const auto shape = tensor.shape();
      if (!tensor.is_matrix()) continue;
      const std::span<T> g = centred.subspan(tensor.offset(), tensor.size());
      const bool inputs_first = tensor.has_inputs_first();
      const std::size_t units = inputs_first ? shape[1] : shape[0], inputs = tensor.size() / units;
      for (std::size_t unit = 0; unit < units; ++unit) {
        centre(g, inputs_first ? unit : unit * inputs, inputs_first ? units : 1, inputs);
      }
    }
    s.step_inner(centred);
  }
};

}  // namespace

RAVINE_OPTIMIZER(gradient_centralization)
