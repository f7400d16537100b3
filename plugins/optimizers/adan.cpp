#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct adan {
  static constexpr ravine::about about{
      "adan", "Adaptive Nesterov momentum from differences of gradients", "Xie et al. 2022, arXiv:2208.06677",
      "d = g - g of the last step, 0 in the first\n"
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) d\n"
      "n <- beta3 n + (1 - beta3) (g + beta2 d)^2\n"
      "p <- (p - lr (mhat + beta2 vhat) / (sqrt(nhat) + eps)) / (1 + lr weight_decay)\n"
      "mhat, vhat and nhat are corrected as in Adam. The betas are decays and averages start at 0, as in\n"
      "the authors' code; the paper's betas are 1 minus ours, and its m and n start at the first gradient\n"
      "and are not corrected. The authors clip gradients to a norm of 5 in some experiments: `clip` in a\n"
      "manifest."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3), ravine::beta1(0.98).search(0.9, 0.995),
      ravine::beta2(0.92).search(0.8, 0.99).doc("decay of v"),
      ravine::decay_rate("beta3", 0.99).search(0.9, 0.999).doc("decay of n"),
      ravine::eps().doc("added to the root of n"), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v", "n", "last");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adan> s) const {
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"], beta2 = s["beta2"], gain2 = 1 - s["beta2"];
    const T beta3 = s["beta3"], gain3 = 1 - s["beta3"], eps = s["eps"], lr = s["lr"];
    const T rate1 = s["lr"] / s.bias_correction(s["beta1"]);
    const T rate2 = s["lr"] * s["beta2"] / s.bias_correction(s["beta2"]);
    const T root3 = T(std::sqrt(s.bias_correction(s["beta3"])));
    const T known = s.number() > 1 ? T{1} : T{0};
    s.by_decay([=](const auto& part, T decay) {
      const T kept = 1 / (1 + lr * decay);
      part.for_each([=](T& p, T g, T& m, T& v, T& n, T& last) {
        const T d = known * (g - last), ahead = g + beta2 * d;
        m = beta1 * m + gain1 * g;
        v = beta2 * v + gain2 * d;
        n = beta3 * n + gain3 * ahead * ahead;
        last = g;
        p = kept * (p - ravine::quotient(rate1 * m + rate2 * v, std::sqrt(n) / root3 + eps));
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adan)
