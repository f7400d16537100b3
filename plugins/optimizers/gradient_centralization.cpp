#include <ravine/norms.hpp>
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

  /// Units are the rows of a matrix.
  template <class T>
  static void centre_rows(std::span<const T> g, std::span<T> centred, std::size_t columns) {
    for (std::size_t first = 0; first < g.size(); first += columns) {
      const double sum = ravine::sum(columns, [=](std::size_t i) { return g[first + i]; });
      const T mean = T(sum / double(columns));
      ravine::on_widest_vectors([=](auto) {
        for (std::size_t i = first; i < first + columns; ++i) centred[i] = g[i] - mean;
      });
    }
  }

  /// Units are the columns, some of which are added up side by side.
  template <class T>
  static void centre_columns(std::span<const T> g, std::span<T> centred, std::size_t columns) {
    constexpr std::size_t at_once = 64;
    const std::size_t rows = g.size() / columns;
    for (std::size_t first = 0; first < columns; first += at_once) {
      const std::size_t count = std::min(at_once, columns - first);
      ravine::on_widest_vectors([=](auto) {
        double sums[at_once] = {};
        for (std::size_t row = first; row < g.size(); row += columns) {
          for (std::size_t k = 0; k < count; ++k) sums[k] += double(g[row + k]);
        }
        T means[at_once];
        for (std::size_t k = 0; k < count; ++k) means[k] = T(sums[k] / double(rows));
        for (std::size_t row = first; row < g.size(); row += columns) {
          for (std::size_t k = 0; k < count; ++k) centred[row + k] = g[row + k] - means[k];
        }
      });
    }
  }

  template <class T>
  void step(ravine::step<T, gradient_centralization> s) const {
    for (const auto tensor : s.tensors()) {
      const std::span<const T> g = tensor.grads();
      const std::span<T> centred = tensor.state("centred");
      if (!tensor.is_matrix()) {
        std::ranges::copy(g, centred.begin());
      } else if (tensor.has_inputs_first()) {
        centre_columns(g, centred, tensor.shape()[1]);
      } else {
        centre_rows(g, centred, tensor.size() / tensor.shape()[0]);
      }
    }
    s.step_inner(s.state("centred"));
  }
};

}  // namespace

RAVINE_OPTIMIZER(gradient_centralization)
