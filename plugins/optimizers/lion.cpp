#include <ravine/optimizer.hpp>

namespace {

struct lion {
  static constexpr ravine::about about{
      "lion", "Evolved sign momentum", "Chen et al. 2023, arXiv:2302.06675",
      "u = sign(beta1 m + (1 - beta1) g),  p <- p - lr (u + weight_decay p)\n"
      "m <- beta2 m + (1 - beta2) g\n"
      "Every coordinate moves by lr exactly, so lr is three to ten times smaller than Adam's and\n"
      "weight_decay as much larger. sign(0) is 0. The decay is the paper's, at the parameters before the\n"
      "step; implementations that decay first and step then differ by rounding alone. decay_biases: false\n"
      "leaves biases and normalisations undecayed."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-4).search(1e-5, 1e-2).doc("learning rate: the size of a move"),
      ravine::real("beta1", 0.9)
          .at_least(0)
          .at_most(1)
          .log_one_minus()
          .search(0.5, 0.99)
          .doc("share of m in the direction of a move"),
      ravine::decay_rate("beta2", 0.99).search(0.9, 0.999).doc("decay of m"),
      ravine::weight_decay(0).search(1e-4, 1), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, lion> s) const {
    const T lr = s["lr"];
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"];
    const T beta2 = s["beta2"], gain2 = 1 - s["beta2"];
    s.by_decay([=](const auto& part, T decay) {
      part.for_each([=](T& p, T g, T& m) {
        const T direction = beta1 * m + gain1 * g;
        const T sign = direction > 0 ? T{1} : direction < 0 ? T{-1} : T{0};
        p -= lr * (sign + decay * p);
        m = beta2 * m + gain2 * g;
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(lion)
