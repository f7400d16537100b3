#include <ravine/factored_moment.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct came {
  static constexpr ravine::about about{
      "came", "Adafactor with momentum that is trusted where it is steady",
      "Luo et al. 2023, arXiv:2307.02047",
      "v <- beta2 v + (1 - beta2) (g^2 + eps1),  u = g / sqrt(v),  u <- u / max(1, RMS(u) / threshold)\n"
      "m <- beta1 m + (1 - beta1) u,  w <- beta3 w + (1 - beta3) ((u - m)^2 + eps2)\n"
      "p <- p (1 - lr weight_decay) - lr m / sqrt(w)\n"
      "Of a matrix's v and w, the means of rows and columns are kept. Vectors have v in full and no w: p\n"
      "moves by lr m, as in the authors' code. There are no bias corrections, so that the first moves are\n"
      "up to ten times as large: warm lr up. More dimensions count as first extent x the rest; the authors'\n"
      "code has one factorisation for each of the leading ones."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(2e-4).search(1e-5, 1e-2), ravine::beta1(), ravine::beta2(),
      ravine::decay_rate("beta3", 0.9999).search(0.99, 0.9999).doc("decay of w"),
      ravine::real("threshold", 1).above(0).log().search(0.5, 4).doc("RMS of u at most"),
      ravine::real("eps1", 1e-30).above(0).log().doc("added to squared gradients"),
      ravine::real("eps2", 1e-16).above(0).log().doc("added to squared deviations of u from m"),
      ravine::weight_decay(0), ravine::decay_biases());

  void state(ravine::state_list& list) const {
    std::size_t moments = 0, deviations = 0, largest = 0;
    for (const auto tensor : list.tensors()) {
      moments += moment<double>::size(tensor);
      if (tensor.is_matrix()) deviations += moment<double>::size(tensor);
      largest = std::max(largest, tensor.size());
    }
    list.per_parameter("m");
    list.array("v", moments);
    list.array("w", deviations);
    list.scratch("u", largest);
  }

  template <class T>
  void step(ravine::step<T, came> s) const {
    const T beta1 = s["beta1"], gain1 = 1 - s["beta1"], eps1 = s["eps1"], eps2 = s["eps2"];
    std::span<T> moments = s.state("v"), deviations = s.state("w");
    for (const auto tensor : s.tensors()) {
      const auto p = tensor.params(), m = tensor.state("m"), u = s.state("u").first(p.size());
      const auto g = tensor.grads();
      moment<T> v(tensor, moments);
      v.update(s["beta2"], [=](std::size_t i) { return g[i] * g[i] + eps1; });
      v.for_each([=](std::size_t i, T square) { u[i] = ravine::quotient(g[i], std::sqrt(square)); });
      const T scale = T(1 / std::max(1.0, ravine::rms(u) / double(s["threshold"])));
      for (std::size_t i = 0; i < p.size(); ++i) {
        u[i] *= scale;
        m[i] = beta1 * m[i] + gain1 * u[i];
      }
      const T rate = s["lr"], kept = 1 - s["lr"] * tensor.decay();
      if (!tensor.is_matrix()) {
        for (std::size_t i = 0; i < p.size(); ++i) p[i] = kept * p[i] - rate * m[i];
        continue;
      }
      moment<T> w(tensor, deviations);
      w.update(s["beta3"], [=](std::size_t i) { return (u[i] - m[i]) * (u[i] - m[i]) + eps2; });
      w.for_each([=](std::size_t i, T square) {
        p[i] = kept * p[i] - ravine::quotient(rate * m[i], std::sqrt(square));
      });
    }
  }

 private:
  template <class T>
  using moment = ravine::factored_moment<T>;
};

}  // namespace

RAVINE_OPTIMIZER(came)
