#include "spectrum.hpp"

#include <ravine/dense.hpp>
#include <ravine/landscape.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace {

class teacher_student {
 public:
  static constexpr ravine::about about{
      "teacher_student", "Least squares: a line, or a network that learns from another",
      "Gauss 1809, Theoria motus; Saad & Solla 1995, doi:10.1103/PhysRevE.52.4225",
      "f = 1/2 mean over examples of (net(x) - teacher(x))^2. `hidden` has the units of each hidden layer, "
      "with\n"
      "tanh between; none: linear regression. The teacher is a network of the same form, drawn from the "
      "seed,\n"
      "so that the minimum is 0. Inputs are normal, drawn likewise; the standard deviations of their "
      "features\n"
      "fall from 1 to 1 / sqrt(kappa), so that the linear problem has a condition number of about kappa. "
      "All\n"
      "examples are in every gradient; `noise` in the manifest adds noise. Weights start normal with\n"
      "deviation 1 / sqrt(inputs of the layer), biases at 0."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("inputs", 6).at_least(1).at_most(10'000).doc("features of an example"),
      ravine::integer("examples", 40).at_least(1).at_most(1'000'000).doc("drawn once"),
      ravine::integer_list("hidden", {}).at_least(1).at_most(10'000).doc("units of each hidden layer"),
      ravine::real("kappa", 10).at_least(1).fixed().log().search(1, 1e4).doc("condition of the inputs"),
      ravine::integer("seed", 1).at_least(0).doc("another seed draws other examples, teacher and start"));

  explicit teacher_student(ravine::config<teacher_student> c) : inputs_(c.count("inputs")) {
    ravine::random_stream random(c.count("seed"));
    std::size_t before = inputs_;
    std::vector<std::size_t> widths = c.counts("hidden");
    widths.push_back(1);
    for (const std::size_t width : widths) {
      layers_.emplace_back(before, width);
      before = width;
    }
    const std::vector<double> variances = ravine::singular_values(inputs_, c["kappa"]);
    const std::size_t examples = c.count("examples");
    for (std::size_t i = 0; i < examples * inputs_; ++i)
      x_.push_back(random.normal(0, std::sqrt(variances[i % inputs_])));
    teacher_ = drawn(random, 1);
    start_ = drawn(random, 0);
    y_ = outputs<double>(teacher_, x_).back();
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].layout(tensors, name_of(i));
  }

  ravine::landscape_facts facts() const {
    double reach = 3;
    for (const double each : teacher_) reach = std::max(reach, std::abs(each));
    for (const double each : start_) reach = std::max(reach, std::abs(each));
    return {.lower = std::vector<double>(start_.size(), -reach),
            .upper = std::vector<double>(start_.size(), reach),
            .start = start_,
            .minima = {teacher_},
            .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> params, std::span<T> g) const {
    const std::vector<T> x(x_.begin(), x_.end());
    std::vector<std::vector<T>> values = outputs<T>(params, x);
    std::vector<T> slope = values.back(), before;
    T squares = 0;
    for (std::size_t i = 0; i < slope.size(); ++i) {
      slope[i] -= T(y_[i]);
      squares += slope[i] * slope[i];
      slope[i] /= T(y_.size());
    }
    std::size_t end = params.size();
    for (std::size_t i = layers_.size(); i-- > 0;) {
      const ravine::dense_layer& layer = layers_[i];
      const std::size_t begin = end - layer.parameters();
      const std::vector<T>& entered = i == 0 ? x : values[i - 1];
      layer.backward_parameters<T>(entered, slope, g.subspan(begin, layer.parameters()));
      if (i == 0) break;
      before.resize(entered.size());
      layer.backward_inputs<T>(params.subspan(begin, layer.parameters()), slope, before);
      for (std::size_t k = 0; k < before.size(); ++k) before[k] *= 1 - entered[k] * entered[k];
      slope.swap(before);
      end = begin;
    }
    return squares / (2 * T(y_.size()));
  }

 private:
  std::string name_of(std::size_t layer) const {
    return layer + 1 == layers_.size() ? "output" : "hidden" + std::to_string(layer);
  }

  std::vector<double> drawn(ravine::random_stream& random, double bias_deviation) const {
    std::vector<double> made;
    for (const ravine::dense_layer& each : layers_) {
      const double deviation = 1 / std::sqrt(double(each.inputs()));
      for (std::size_t k = 0; k < each.inputs() * each.outputs(); ++k)
        made.push_back(random.normal(0, deviation));
      for (std::size_t k = 0; k < each.outputs(); ++k)
        made.push_back(bias_deviation > 0 ? random.normal(0, bias_deviation) : 0);
    }
    return made;
  }

  /// Of each layer, after its activation: examples x units.
  template <class T>
  std::vector<std::vector<T>> outputs(std::span<const T> params, std::span<const T> x) const {
    std::vector<std::vector<T>> values;
    std::span<const T> entered = x;
    for (const ravine::dense_layer& each : layers_) {
      std::vector<T>& out = values.emplace_back(x_.size() / inputs_ * each.outputs());
      each.forward<T>(params.first(each.parameters()), entered, out);
      params = params.subspan(each.parameters());
      if (&each == &layers_.back()) break;
      for (T& value : out) value = std::tanh(value);
      entered = out;
    }
    return values;
  }

  std::size_t inputs_;
  std::vector<ravine::dense_layer> layers_;
  std::vector<double> x_, y_, teacher_, start_;  // x: examples x inputs
};

}  // namespace

RAVINE_LANDSCAPE(teacher_student)
