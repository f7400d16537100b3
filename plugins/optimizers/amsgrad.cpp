#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct amsgrad {
  static constexpr ravine::about about{
      "amsgrad", "Adam with the largest second moment so far", "Reddi, Kale & Kumar 2018, arXiv:1904.09237",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  vmax <- max(vmax, v)\n"
      "p <- p - lr mhat / (sqrt(vmax / (1 - beta2^t)) + eps),  mhat = m / (1 - beta1^t)\n"
      "As in PyTorch, the maximum is taken before bias correction; the paper corrects neither moment.\n"
      "weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3), ravine::beta1(), ravine::beta2(),
      ravine::eps().doc("added to the root of vmax"), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v", "vmax");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, amsgrad> s) const {
    const ravine::moments moments(s);
    const T rate = s["lr"] / moments.correction1;
    s.for_each_decayed([=](T& p, T g, T& m, T& v, T& vmax) {
      moments.update(g, m, v);
      vmax = std::max(vmax, v);
      p -= ravine::quotient(rate * m, moments.root(vmax));
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(amsgrad)
