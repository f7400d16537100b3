#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct adagrad {
  static constexpr ravine::about about{
      "adagrad", "Gradient over the root of the sum of its squares", "Duchi, Hazan & Singer 2011, JMLR 12",
      "s <- s + g^2,  p <- p - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)\n"
      "As in PyTorch. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.01).search(1e-4, 1.0),
      ravine::real("lr_decay", 0).at_least(0).doc("how fast the learning rate falls, per step"),
      ravine::real("initial_accumulator", 0).at_least(0).fixed().doc("s before the first step"),
      ravine::real("eps", 1e-10).at_least(0).log().search(1e-12, 1e-1).doc("added to the root of s"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("s");
  static constexpr bool elementwise = true;

  template <class T>
  void init(ravine::step<T, adagrad> s) const {
    std::ranges::fill(s.state("s"), s["initial_accumulator"]);
  }

  template <class T>
  void step(ravine::step<T, adagrad> s) const {
    const T rate = s["lr"] / (1 + (s.number() - 1) * s["lr_decay"]);
    const T eps = s["eps"];
    s.for_each_decayed([=](T& p, T g, T& sum) {
      sum += g * g;
      p -= ravine::quotient(rate * g, std::sqrt(sum) + eps);
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adagrad)
