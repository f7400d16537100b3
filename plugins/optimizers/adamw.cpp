#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct adamw {
  static constexpr ravine::about about{
      "adamw", "Adam with weight decay apart from the gradient", "Loshchilov & Hutter 2017, arXiv:1711.05101",
      "p <- p (1 - lr weight_decay)\n"
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "p <- p - lr mhat / (sqrt(vhat) + eps),  mhat = m / (1 - beta1^t),  vhat = v / (1 - beta2^t)\n"
      "As in PyTorch, lr scales the decay; in the paper only the schedule's factor does."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1e-3).at_least(0).log().search(1e-5, 1e-1).doc("learning rate"),
      ravine::real("beta1", 0.9).at_least(0).below(1).log_one_minus().search(0.5, 0.99).doc("decay of m"),
      ravine::real("beta2", 0.999).at_least(0).below(1).log_one_minus().search(0.9, 0.9999).doc("decay of v"),
      ravine::real("eps", 1e-8).at_least(0).log().search(1e-10, 1e-1).doc("added to the root of v"),
      ravine::weight_decay(0.01), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adamw> s) const {
    const T beta1 = static_cast<T>(s["beta1"]), gain1 = static_cast<T>(1 - s["beta1"]);
    const T beta2 = static_cast<T>(s["beta2"]), gain2 = static_cast<T>(1 - s["beta2"]);
    const T lr = static_cast<T>(s["lr"]), rate = static_cast<T>(s["lr"] / s.bias_correction(s["beta1"]));
    const T root2 = static_cast<T>(std::sqrt(s.bias_correction(s["beta2"])));
    const T eps = static_cast<T>(s["eps"]);
    s.by_decay([=](const auto& part, T decay) {
      const T kept = 1 - lr * decay;
      part.for_each([=](T& p, T g, T& m, T& v) {
        m = beta1 * m + gain1 * g;
        v = beta2 * v + gain2 * g * g;
        p = kept * p - rate * m / (std::sqrt(v) / root2 + eps);
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adamw)
