#include <ravine/optimizer.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct sophia_h {
  static constexpr ravine::about about{
      "sophia_h", "Momentum over a running estimate of the Hessian's diagonal, clipped",
      "Liu et al. 2023, arXiv:2305.14342",
      "m <- beta1 m + (1 - beta1) g\n"
      "in steps 1, 1 + every, ...:  h <- beta2 h + (1 - beta2) u H u, u of random signs (Hutchinson)\n"
      "p <- p (1 - lr weight_decay) - lr clip(m / max(gamma h, eps), -1, 1)\n"
      "H u is (g(p + difference u) - g(p)) / difference: one more evaluation of the gradient, on the same\n"
      "batch. The paper has it from automatic differentiation, and u is normal there; signs have the same\n"
      "mean and less variance. Its Sophia-G draws labels from the model, which no model here offers."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3).doc("learning rate: the largest move"),
      ravine::beta1(0.96).search(0.8, 0.99), ravine::beta2(0.99).search(0.9, 0.999).doc("decay of h"),
      ravine::real("gamma", 0.01).above(0).log().search(1e-3, 1).doc("multiple of h that m is divided by"),
      ravine::eps(1e-12).search(1e-15, 1e-4).doc("gamma h at least"),
      ravine::integer("every", 10).at_least(1).search(1, 20).doc("steps from one estimate of h to the next"),
      ravine::real("difference", 1e-3).above(0).log().doc("length of each element's step to estimate h"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "h");
  static constexpr auto scratch = ravine::per_parameter("point", "slopes");
  static constexpr bool closure = true;

  template <class T>
  void step(ravine::step<T, sophia_h> s) const {
    if (std::fmod(s.t() - 1, double(s["every"])) == 0) estimate(s);
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"], gamma = s["gamma"], eps = s["eps"], lr = s["lr"];
    s.by_decay([=](const auto& part, T decay) {
      const T kept = 1 - lr * decay;
      part.for_each(
          [=](T& p, T g, T& m, T& h) {
            m = beta1 * m + gain1 * g;
            const T ratio = ravine::quotient(m, std::max(gamma * h, eps));
            p = kept * p - lr * std::min(std::max(ratio, T{-1}), T{1});
          },
          "m", "h");
    });
  }

 private:
  template <class T>
  static void estimate(const ravine::step<T, sophia_h>& s) {
    const T beta2 = s["beta2"], gain2 = 1 - s["beta2"], difference = s["difference"];
    const auto p = s.params(), h = s.state("h"), point = s.state("point"), slopes = s.state("slopes");
    const auto g = s.grads();
    ravine::splitmix64 random(s.seed());
    for (std::size_t i = 0; i < p.size(); ++i) {
      point[i] = p[i] + ((random() >> 63U) != 0 ? difference : -difference);
    }
    s.evaluate(point, slopes);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const T u = point[i] > p[i] ? T{1} : T{-1};
      h[i] = beta2 * h[i] + gain2 * u * (slopes[i] - g[i]) / difference;
    }
  }
};

}  // namespace

RAVINE_OPTIMIZER(sophia_h)
