#include <ravine/optimizer.hpp>
#include <ravine/random.hpp>

#include <cmath>

namespace {

struct gradient_noise {
  static constexpr ravine::about about{
      "gradient_noise", "Adds annealed Gaussian noise to an optimizer's gradients",
      "Neelakantan et al. 2015, arXiv:1511.06807",
      "The inner optimizer steps with g + N(0, s^2) in each element, s^2 = eta / (1 + t)^gamma\n"
      "t is 0 at the first step. The paper tries eta 0.01, 0.3 and 1."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("eta", 0.01).at_least(0).log().search(0.001, 1).doc("variance of the first step's noise"),
      ravine::real("gamma", 0.55).at_least(0).search(0, 1).doc("power of the decay"));
  static constexpr auto scratch = ravine::per_parameter("noisy");
  static constexpr bool wraps = true;

  template <class T>
  void step(ravine::step<T, gradient_noise> s) const {
    const double deviation = std::sqrt(double(s["eta"]) / std::pow(s.t(), double(s["gamma"])));
    if (deviation == 0) return s.step_inner();
    ravine::random_stream random(s.seed());
    const std::span<T> noisy = s.state("noisy");
    for (std::size_t i = 0; i < noisy.size(); ++i)
      noisy[i] = T(random.normal(double(s.grads()[i]), deviation));
    s.step_inner(noisy);
  }
};

}  // namespace

RAVINE_OPTIMIZER(gradient_noise)
