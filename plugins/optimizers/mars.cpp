#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct mars {
  static constexpr ravine::about about{
      "mars", "AdamW on gradients whose variance is reduced", "Yuan et al. 2024, arXiv:2411.10438",
      "c = g + gamma beta1 / (1 - beta1) (g - g of the last step),  c <- c / max(1, |c|) for each tensor\n"
      "m <- beta1 m + (1 - beta1) c,  v <- beta2 v + (1 - beta2) c^2\n"
      "p <- p - lr (mhat / (sqrt(vhat) + eps) + weight_decay p), with corrections as in Adam\n"
      "MARS-AdamW in its approximate form: the last gradient is that of the last batch, where the exact\n"
      "form takes a second one for each batch. In the first step the difference is 0, as in the paper; the\n"
      "authors' code takes the last gradient to be 0 there. It also gives vectors to AdamW unless\n"
      "optimize_1d is set; here they are as matrices."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(3e-3), ravine::beta1(0.95), ravine::beta2(0.99).search(0.9, 0.9999),
      ravine::real("gamma", 0.025).at_least(0).search(0, 0.1).doc("strength of the variance reduction"),
      ravine::eps(), ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v", "last");

  template <class T>
  void step(ravine::step<T, mars> s) const {
    const ravine::moments moments(s);
    const double share = double(s["gamma"]) * double(s["beta1"]) / double(1 - s["beta1"]);
    const T weight = s.number() > 1 ? T(share) : T{0}, lr = s["lr"], scale = T(1 / moments.correction1);
    for (const auto tensor : s.tensors()) {
      const auto last = tensor.state("last");
      const auto slopes = tensor.grads();
      const double length = std::sqrt(ravine::sum(slopes.size(), [=](std::size_t i) {
        const double c = slopes[i] + weight * (slopes[i] - last[i]);
        return c * c;
      }));
      const T shrink = T(1 / std::max(1.0, length)), decay = tensor.decay();
      tensor.for_each(
          [=](T& p, T g, T& m, T& v, T& before) {
            moments.update(shrink * (g + weight * (g - before)), m, v);
            before = g;
            p -= lr * (ravine::quotient(scale * m, moments.root(v)) + decay * p);
          },
          "m", "v", "last");
    }
  }
};

}  // namespace

RAVINE_OPTIMIZER(mars)
