#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct adamax {
  static constexpr ravine::about about{
      "adamax", "Adam with the infinity norm of past gradients",
      "Kingma & Ba 2014, arXiv:1412.6980, section 7",
      "m <- beta1 m + (1 - beta1) g,  u <- max(beta2 u, |g| + eps)\n"
      "p <- p - lr / (1 - beta1^t) m / u\n"
      "As in PyTorch, eps enters the maximum; the paper has none. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(2e-3), ravine::beta1(), ravine::beta2().doc("decay of u"),
      ravine::real("eps", 1e-8).above(0).log().search(1e-10, 1e-1).doc("added to the gradient's size"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "u");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adamax> s) const {
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"];
    const T beta2 = s["beta2"], eps = s["eps"];
    const T rate = s["lr"] / s.bias_correction(s["beta1"]);
    s.for_each_decayed([=](T& p, T g, T& m, T& u) {
      m = beta1 * m + gain1 * g;
      u = std::max(beta2 * u, std::abs(g) + eps);
      p -= ravine::quotient(rate * m, u);
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adamax)
