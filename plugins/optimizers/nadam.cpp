#include <ravine/optimizer.hpp>

#include <cmath>
#include <limits>

namespace {

struct nadam {
  static constexpr ravine::about about{
      "nadam", "Adam with Nesterov's look-ahead", "Dozat 2016, openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
      "mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)\n"
      "m <- a m + (1 - a) g,  v <- beta2 v + (1 - beta2) g^2,  vhat = v / (1 - beta2^t)\n"
      "mbar = mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)\n"
      "p <- p - lr mbar / (sqrt(vhat) + eps)\n"
      "average beta1: a = beta1, as PyTorch documents it; average mu: a = mu_t, the paper's, with which the\n"
      "correction of m is exact. mu_t is in the look-ahead either way. PyTorch 1.13 itself counts mu_t twice "
      "in the first product unless foreach\n"
      "is true, and keeps the products in single precision. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(2e-3), ravine::beta1(), ravine::beta2(), ravine::eps(),
      ravine::real("momentum_decay", 4e-3).at_least(0).doc("speed at which mu rises from beta1 / 2 to beta1"),
      ravine::choice("average", {"beta1", "mu"}).doc("decay of m: constant, or mu_t as in the paper"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");
  static constexpr bool elementwise = true;

  explicit nadam(ravine::config<nadam> c) : averages_by_mu(c.choice("average") == "mu") {}

  /// mu_1 ... mu_t. Its factors are below beta1 < 1: the loop ends once the product is lost beside 1.
  static double product(double beta1, double momentum_decay, double t) {
    double all = 1;
    for (double i = 1; i <= t && all > std::numeric_limits<double>::epsilon() / 4; ++i)
      all *= mu(beta1, momentum_decay, i);
    return all;
  }
  static double mu(double beta1, double momentum_decay, double t) {
    return beta1 * (1 - 0.5 * std::pow(0.96, t * momentum_decay));
  }

  template <class T>
  void step(ravine::step<T, nadam> s) const {
    const double now = mu(s["beta1"], s["momentum_decay"], s.t());
    const double next = mu(s["beta1"], s["momentum_decay"], s.t() + 1);
    const double all = product(s["beta1"], s["momentum_decay"], s.t());
    const T rate_g = s["lr"] * (1 - now) / (1 - all);
    const T rate_m = s["lr"] * next / (1 - all * next);
    const double average = averages_by_mu ? now : double(s["beta1"]);
    const T kept = T(average), gain = T(1 - average);
    const ravine::moments moments(s);
    s.for_each_decayed([=](T& p, T g, T& m, T& v) {
      m = kept * m + gain * g;
      moments.update_second(g, v);
      p -= ravine::quotient(rate_g * g + rate_m * m, moments.root(v));
    });
  }

  bool averages_by_mu;
};

}  // namespace

RAVINE_OPTIMIZER(nadam)
