#include <ravine/optimizer.hpp>

namespace {

struct signum {
  static constexpr ravine::about about{
      "signum", "The sign of momentum", "Bernstein et al. 2018, arXiv:1802.04434",
      "m <- beta m + (1 - beta) g,  p <- p - lr (sign(m) + weight_decay p)\n"
      "Every coordinate moves by lr exactly. beta 0 is signSGD. sign(0) is 0. The decay is apart from the\n"
      "gradient, the wd_lh of the authors' code in MXNet."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-4).search(1e-5, 1e-2).doc("learning rate: the size of a move"),
      ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of m"),
      ravine::weight_decay(0).search(1e-4, 1), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, signum> s) const {
    const T lr = s["lr"], beta = s["beta"], gain = 1 - s["beta"];
    s.by_decay([=](const auto& part, T decay) {
      part.for_each([=](T& p, T g, T& m) {
        m = beta * m + gain * g;
        const T sign = m > 0 ? T{1} : m < 0 ? T{-1} : T{0};
        p -= lr * (sign + decay * p);
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(signum)
