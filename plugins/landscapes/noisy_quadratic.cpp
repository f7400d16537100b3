#include <ravine/landscape.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace {

class noisy_quadratic {
 public:
  static constexpr ravine::about about{
      "noisy_quadratic", "A bowl whose gradients are as noisy as they are steep",
      "Zhang et al. 2019, arXiv:1907.04164",
      "f(x) = 1/2 sum over i of h[i] x[i]^2, h[i] = 1 / i^decay, i from 1. Each gradient has normal noise "
      "of\n"
      "variance h[i] / batch, as stochastic gradients of a batch of that size have near a minimum: the "
      "paper's\n"
      "model of how batch sizes, momentum, preconditioners and averages go together. Losses are exact. The\n"
      "paper has 10,000 dimensions and draws the start from N(0, I); here each coordinate starts at 1 or "
      "-1,\n"
      "with the same expected loss."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("n", 100).at_least(1).at_most(1e6).doc("dimensions"),
      ravine::real("decay", 1).at_least(0).at_most(4).fixed().doc("of the curvatures; 0: all are 1"),
      ravine::integer("batch", 1).at_least(1).at_most(1e9).doc("examples that a gradient is the mean of"));

  explicit noisy_quadratic(ravine::config<noisy_quadratic> c) : batch_(double(c.count("batch"))) {
    for (std::size_t i = 0; i < c.count("n"); ++i)
      curvatures_.push_back(std::pow(double(i + 1), -double(c["decay"])));
  }

  ravine::landscape_facts facts() const {
    ravine::landscape_facts known = ravine::same_in_each_dimension(
        curvatures_.size(), {.lower = -3, .upper = 3, .start = {1, -1}, .minimum_at = 0, .minimum = 0});
    for (const double h : curvatures_) known.noise.push_back(std::sqrt(h / batch_));
    return known;
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T twice = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g[i] = T(curvatures_[i]) * x[i];
      twice += g[i] * x[i];
    }
    return twice / 2;
  }

 private:
  double batch_;
  std::vector<double> curvatures_;
};

}  // namespace

RAVINE_LANDSCAPE(noisy_quadratic)
