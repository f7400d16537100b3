#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct amsgrad {
  static constexpr ravine::about about{
      "amsgrad", "Adam with the largest second moment so far", "Reddi, Kale & Kumar 2018, arXiv:1904.09237",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  vmax <- max(vmax, v)\n"
      "p <- p - lr mhat / (sqrt(vmax / (1 - beta2^t)) + eps),  mhat = m / (1 - beta1^t)\n"
      "As in PyTorch, the maximum is taken before bias correction; the paper corrects neither moment.\n"
      "weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1e-3).at_least(0).log().search(1e-5, 1e-1).doc("learning rate"),
      ravine::real("beta1", 0.9).at_least(0).below(1).log_one_minus().search(0.5, 0.99).doc("decay of m"),
      ravine::real("beta2", 0.999).at_least(0).below(1).log_one_minus().search(0.9, 0.9999).doc("decay of v"),
      ravine::real("eps", 1e-8).at_least(0).log().search(1e-10, 1e-1).doc("added to the root of vmax"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v", "vmax");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, amsgrad> s) const {
    const T beta1 = static_cast<T>(s["beta1"]), gain1 = static_cast<T>(1 - s["beta1"]);
    const T beta2 = static_cast<T>(s["beta2"]), gain2 = static_cast<T>(1 - s["beta2"]);
    const T rate = static_cast<T>(s["lr"] / s.bias_correction(s["beta1"]));
    const T root2 = static_cast<T>(std::sqrt(s.bias_correction(s["beta2"])));
    const T eps = static_cast<T>(s["eps"]);
    s.for_each_decayed([=](T& p, T g, T& m, T& v, T& vmax) {
      m = beta1 * m + gain1 * g;
      v = beta2 * v + gain2 * g * g;
      vmax = std::max(vmax, v);
      p -= rate * m / (std::sqrt(vmax) / root2 + eps);
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(amsgrad)
