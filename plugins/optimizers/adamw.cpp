#include <ravine/optimizer.hpp>

namespace {

struct adamw {
  static constexpr ravine::about about{
      "adamw", "Adam with weight decay apart from the gradient", "Loshchilov & Hutter 2017, arXiv:1711.05101",
      "p <- p (1 - lr weight_decay)\n"
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "p <- p - lr mhat / (sqrt(vhat) + eps),  mhat = m / (1 - beta1^t),  vhat = v / (1 - beta2^t)\n"
      "As in PyTorch, lr scales the decay; in the paper only the schedule's factor does."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(1e-3), ravine::beta1(), ravine::beta2(), ravine::eps(),
                              ravine::weight_decay(0.01), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adamw> s) const {
    const ravine::moments moments(s);
    const T lr = s["lr"], rate = s["lr"] / moments.correction1;
    s.by_decay([=](const auto& part, T decay) {
      const T kept = 1 - lr * decay;
      part.for_each([=](T& p, T g, T& m, T& v) {
        moments.update(g, m, v);
        p = kept * p - ravine::quotient(rate * m, moments.root(v));
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adamw)
