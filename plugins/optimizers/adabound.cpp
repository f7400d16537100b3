#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct adabound {
  static constexpr ravine::about about{
      "adabound", "Adam at first, gradient descent with momentum at last",
      "Luo et al. 2019, arXiv:1902.09843",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "rate = lr sqrt(1 - beta2^t) / (1 - beta1^t) / (sqrt(v) + eps)\n"
      "p <- p - m min(max(rate, lower), upper)\n"
      "lower = final_lr (1 - 1 / (gamma t + 1)),  upper = final_lr (1 + 1 / (gamma t))\n"
      "As in the authors' code, which corrects the moments; the paper does not, and divides by sqrt(t). A\n"
      "schedule of lr does not touch final_lr, which the authors' code scales alike: schedule both. In the\n"
      "end it goes downhill for final_lr below 2 / the largest curvature. weight_decay adds\n"
      "weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3),
      ravine::real("final_lr", 0.1).at_least(0).log().search(1e-3, 1).doc("learning rate at last"),
      ravine::real("gamma", 1e-3).above(0).log().search(1e-4, 1e-2).doc("speed at which the bounds meet"),
      ravine::beta1(), ravine::beta2(), ravine::eps(), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adabound> s) const {
    const ravine::moments moments(s);
    const double way = s["gamma"] * s.t();
    const T lower = s["final_lr"] * (1 - 1 / (way + 1)), upper = s["final_lr"] * (1 + 1 / way);
    const T rate = s["lr"] * std::sqrt(moments.correction2) / moments.correction1, eps = s["eps"];
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      moments.update(g, m, v);
      p -= m * std::min(std::max(rate / (std::sqrt(v) + eps), lower), upper);
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adabound)
