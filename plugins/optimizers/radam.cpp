#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct radam {
  static constexpr ravine::about about{
      "radam", "Adam that trusts the second moment as far as its variance allows",
      "Liu et al. 2019, arXiv:1908.03265",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  mhat = m / (1 - beta1^t)\n"
      "rho = rho_inf - 2 t beta2^t / (1 - beta2^t),  rho_inf = 2 / (1 - beta2) - 1\n"
      "rho > 5: p <- p - lr r mhat sqrt(1 - beta2^t) / (sqrt(v) + eps),\n"
      "         r^2 = (rho - 4) (rho - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho)\n"
      "else:    p <- p - lr mhat, as the first steps are: lr is bound by the curvature, as that of sgd is\n"
      "As in PyTorch, the threshold is 5 (the paper: 4) and eps is added to the root of v before its\n"
      "correction. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(1e-3), ravine::beta1(), ravine::beta2(), ravine::eps(),
                              ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  /// Length of the moving average that v amounts to after t steps.
  static double average_length(double beta2, double t) {
    const double power = std::pow(beta2, t);
    return 2 / (1 - beta2) - 1 - 2 * t * power / (1 - power);
  }

  template <class T>
  void step(ravine::step<T, radam> s) const {
    const ravine::moments moments(s);
    const double longest = 2 / (1 - s["beta2"]) - 1;
    const double length = average_length(s["beta2"], s.t());
    const bool trusted = length > 5;
    const double rectified = std::sqrt((length - 4) * (length - 2) * longest /
                                       ((longest - 4) * (longest - 2) * length) * moments.correction2);
    const auto rate = s["lr"] / moments.correction1;
    const T plain = rate, scaled = rate * rectified;
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      moments.update(g, m, v);
      p -= trusted ? ravine::quotient(scaled * m, std::sqrt(v) + moments.eps) : plain * m;
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(radam)
