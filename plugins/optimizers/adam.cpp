#include <ravine/optimizer.hpp>

namespace {

struct adam {
  static constexpr ravine::about about{
      "adam", "Adaptive moment estimation", "Kingma & Ba 2014, arXiv:1412.6980",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "p <- p - lr mhat / (sqrt(vhat) + eps),  mhat = m / (1 - beta1^t),  vhat = v / (1 - beta2^t)\n"
      "As in PyTorch, eps is added to the root of the corrected v. bias_correction: false uses m and v as\n"
      "they are. weight_decay adds weight_decay p to g; adamw keeps it apart."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(1e-3), ravine::beta1(), ravine::beta2(), ravine::eps(),
                              ravine::bias_correction(), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adam> s) const {
    const ravine::moments moments(s);
    const T rate = s["lr"] / moments.correction1;
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      moments.update(g, m, v);
      p -= ravine::quotient(rate * m, moments.root(v));
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adam)
