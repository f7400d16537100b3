#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct adabelief {
  static constexpr ravine::about about{
      "adabelief", "Adam scaled by how far gradients are from their average",
      "Zhuang et al. 2020, arXiv:2010.07468",
      "p <- p (1 - lr weight_decay)\n"
      "m <- beta1 m + (1 - beta1) g,  s <- beta2 s + (1 - beta2) (g - m)^2 + eps\n"
      "p <- p - lr mhat / (sqrt(shat) + eps),  mhat = m / (1 - beta1^t),  shat = s / (1 - beta2^t)\n"
      "eps enters twice, and adds up within s, as in the paper and the authors' code; optax has two of\n"
      "them. The authors' code has decoupled decay by default, as here, and the rectification of radam,\n"
      "which is not here. lr and eps are its defaults."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3), ravine::beta1(), ravine::beta2().doc("decay of s"),
      ravine::eps(1e-16).search(1e-16, 1e-4).doc("added to s in each step, and to its root"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "s");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adabelief> s) const {
    const ravine::moments moments(s);
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"], eps = s["eps"], lr = s["lr"];
    const T rate = s["lr"] / moments.correction1;
    s.by_decay([=](const auto& part, T decay) {
      const T kept = 1 - lr * decay;
      part.for_each([=](T& p, T g, T& m, T& spread) {
        m = beta1 * m + gain1 * g;
        moments.update_second(g - m, spread);
        spread += eps;
        p = kept * p - ravine::quotient(rate * m, moments.root(spread));
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adabelief)
