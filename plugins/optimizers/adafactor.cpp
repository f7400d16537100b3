#include <ravine/factored_moment.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct adafactor {
  static constexpr ravine::about about{
      "adafactor", "Adam's scaling with the second moments of rows and columns alone",
      "Shazeer & Stern 2018, arXiv:1804.04235",
      "v <- beta v + (1 - beta) (g^2 + eps1),  beta = 1 - t^-decay\n"
      "u = g / sqrt(v),  u <- u / max(1, RMS(u) / threshold) for each tensor\n"
      "p <- p - rate u,  rate = max(eps2, RMS(p)) min(lr, 1 / sqrt(t))\n"
      "Of a matrix's v, the means of rows and columns are kept. Algorithm 5 of the paper: no momentum, and\n"
      "rates relative to the tensor's size; relative: false has rate = lr. More dimensions count as first\n"
      "extent x the rest, where the authors' code takes the two largest. weight_decay p is added to u after\n"
      "clipping, as in fairseq."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-2).search(1e-4, 1e-1).doc("learning rate at most, relative to p"),
      ravine::boolean("relative", true).doc("rate relative to the tensor's size, falling as 1 / sqrt(t)"),
      ravine::real("decay", 0.8).above(0).at_most(1).search(0.5, 1).doc("exponent of v's memory"),
      ravine::real("threshold", 1).above(0).log().search(0.5, 4).doc("RMS of u at most"),
      ravine::real("eps1", 1e-30).above(0).log().doc("added to squared gradients"),
      ravine::real("eps2", 1e-3).above(0).log().search(1e-4, 1e-2).doc("RMS of p at least"),
      ravine::weight_decay(0), ravine::decay_biases());

  void state(ravine::state_list& list) const {
    std::size_t kept = 0, largest = 0;
    for (const auto tensor : list.tensors()) {
      kept += ravine::factored_moment<double>::size(tensor);
      largest = std::max(largest, tensor.size());
    }
    list.array("v", kept);
    list.scratch("u", largest);
  }

  template <class T>
  void step(ravine::step<T, adafactor> s) const {
    const double beta = 1 - std::pow(s.t(), -double(s["decay"]));
    const double relative = std::min<double>(s["lr"], 1 / std::sqrt(s.t()));
    const T eps = s["eps1"];
    std::span<T> kept = s.state("v");
    for (const auto tensor : s.tensors()) {
      const auto p = tensor.params(), u = s.state("u").first(p.size());
      const auto g = tensor.grads();
      ravine::factored_moment<T> v(tensor, kept);
      v.update(beta, [=](std::size_t i) { return g[i] * g[i] + eps; });
      v.for_each([=](std::size_t i, T moment) { u[i] = ravine::quotient(g[i], std::sqrt(moment)); });
      const double size = std::max<double>(s["eps2"], ravine::rms(p));
      const T rate = s.flag("relative") ? T(size * relative) : s["lr"], decay = tensor.decay();
      const T scale = T(1 / std::max(1.0, ravine::rms(u) / double(s["threshold"])));
      for (std::size_t i = 0; i < p.size(); ++i) p[i] -= rate * (scale * u[i] + decay * p[i]);
    }
  }
};

}  // namespace

RAVINE_OPTIMIZER(adafactor)
