#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct ademamix {
  static constexpr ravine::about about{
      "ademamix", "AdamW with a second, far longer average of gradients",
      "Pagliardini et al. 2024, arXiv:2409.03137",
      "m1 <- beta1 m1 + (1 - beta1) g,  m2 <- beta3 m2 + (1 - beta3) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "p <- p - lr ((m1 / (1 - beta1^t) + alpha m2) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay p)\n"
      "In the first `warm_up` steps alpha grows from 0 in proportion to t, and beta3 from beta1, so that\n"
      "the half-life of m2 grows in proportion. The paper warms up over the whole training: give its\n"
      "number of steps. At beta3 0.9999, m2 begins to tell after thousands of steps."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3), ravine::beta1().doc("decay of m1"), ravine::beta2(),
      ravine::decay_rate("beta3", 0.9999).search(0.99, 0.99999).doc("decay of m2"),
      ravine::real("alpha", 5).at_least(0).search(0, 10).doc("weight of m2 beside m1"),
      ravine::integer("warm_up", 0).at_least(0).doc("steps in which alpha and beta3 grow"), ravine::eps(),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m1", "m2", "v");
  static constexpr bool elementwise = true;

  /// Whose logarithm's inverse, and so the half-life of the average, is `share` of the way between the two.
  static double decay_between(double begin, double end, double share) {
    return std::exp(1 / ((1 - share) / std::log(begin) + share / std::log(end)));
  }

  template <class T>
  void step(ravine::step<T, ademamix> s) const {
    const ravine::moments moments(s);
    const double share = std::min(1.0, s.t() / std::max(1.0, double(s["warm_up"])));
    const double decay3 = share < 1 ? decay_between(s["beta1"], s["beta3"], share) : s["beta3"];
    const T beta3 = T(std::min<double>(decay3, s["beta3"])),
            gain3 = T(1 - std::min<double>(decay3, s["beta3"]));
    const T lr = s["lr"], alpha = s["alpha"] * share, scale = T(1 / moments.correction1);
    s.by_decay([=](const auto& part, T decay) {
      part.for_each([=](T& p, T g, T& m1, T& m2, T& v) {
        moments.update(g, m1, v);
        m2 = beta3 * m2 + gain3 * g;
        p -= lr * (ravine::quotient(scale * m1 + alpha * m2, moments.root(v)) + decay * p);
      });
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(ademamix)
