#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct yogi {
  static constexpr ravine::about about{
      "yogi", "Adam whose second moment changes by no more than the squared gradient",
      "Zaheer et al. 2018, papers.nips.cc/paper/8186",
      "m <- beta1 m + (1 - beta1) g,  v <- v - (1 - beta2) sign(v - g^2) g^2\n"
      "p <- p - lr m / (sqrt(v) + eps)\n"
      "v begins at `initial`; the paper would rather have the squared gradient of a large batch there.\n"
      "bias_correction: true divides m and v as in Adam, which the paper leaves out and TensorFlow's and\n"
      "optax's do. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-2), ravine::beta1(), ravine::beta2(), ravine::eps(1e-3).search(1e-8, 1e-1),
      ravine::real("initial", 1e-6).at_least(0).log().fixed().doc("of v before the first step"),
      ravine::bias_correction(false), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  template <class T>
  void init(ravine::step<T, yogi> s) const {
    std::ranges::fill(s.state("v"), T(s["initial"]));
  }

  template <class T>
  void step(ravine::step<T, yogi> s) const {
    const ravine::moments moments(s);
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"], gain2 = 1 - s["beta2"];
    const T rate = s["lr"] / moments.correction1;
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      m = beta1 * m + gain1 * g;
      const T square = g * g;
      const T sign = v > square ? T{1} : v < square ? T{-1} : T{0};
      v -= gain2 * sign * square;
      p -= ravine::quotient(rate * m, moments.root(v));
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(yogi)
