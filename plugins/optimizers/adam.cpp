#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct adam {
  static constexpr ravine::about about{
      "adam", "Adaptive moment estimation", "Kingma & Ba 2014, arXiv:1412.6980",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "p <- p - lr mhat / (sqrt(vhat) + eps),  mhat = m / (1 - beta1^t),  vhat = v / (1 - beta2^t)\n"
      "As in PyTorch, eps is added to the root of the corrected v. bias_correction: false uses m and v as\n"
      "they are. weight_decay adds weight_decay p to g; adamw keeps it apart."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1e-3).at_least(0).log().search(1e-5, 1e-1).doc("learning rate"),
      ravine::real("beta1", 0.9).at_least(0).below(1).log_one_minus().search(0.5, 0.99).doc("decay of m"),
      ravine::real("beta2", 0.999).at_least(0).below(1).log_one_minus().search(0.9, 0.9999).doc("decay of v"),
      ravine::real("eps", 1e-8).at_least(0).log().search(1e-10, 1e-1).doc("added to the root of v"),
      ravine::boolean("bias_correction", true).doc("divide m and v by what they are short by at first"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adam> s) const {
    const bool corrected = s.flag("bias_correction");
    const double short1 = corrected ? s.bias_correction(s["beta1"]) : 1;
    const double short2 = corrected ? s.bias_correction(s["beta2"]) : 1;
    const T beta1 = static_cast<T>(s["beta1"]), gain1 = static_cast<T>(1 - s["beta1"]);
    const T beta2 = static_cast<T>(s["beta2"]), gain2 = static_cast<T>(1 - s["beta2"]);
    const T rate = static_cast<T>(s["lr"] / short1), root2 = static_cast<T>(std::sqrt(short2));
    const T eps = static_cast<T>(s["eps"]);
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      m = beta1 * m + gain1 * g;
      v = beta2 * v + gain2 * g * g;
      p -= rate * m / (std::sqrt(v) / root2 + eps);
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adam)
