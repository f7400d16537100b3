#include <ravine/optimizer.hpp>

namespace {

struct nag {
  static constexpr ravine::about about{
      "nag", "Nesterov's accelerated gradient, in two forms",
      "Nesterov 1983, Soviet Math. Dokl. 27; Sutskever et al. 2013, ICML",
      "lookahead:    v <- beta v + lr g, p <- p - v, with g taken at p - beta v\n"
      "reformulated: v <- beta v + g,    p <- p - lr (g + beta v), with g taken at p (PyTorch's Nesterov)\n"
      "At a constant lr the p of the reformulated form is the p - beta v of the other. Where the curvature\n"
      "is L, both are stable for lr below 2 (1 + beta) / ((1 + 2 beta) L). weight_decay adds to\n"
      "g the decay of the point at which g was taken."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.01).search(1e-4, 1.0),
      ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of the velocity"),
      ravine::choice("form", {"lookahead", "reformulated"}).doc("where the gradient is taken"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("v");
  static constexpr bool elementwise = true;

  explicit nag(ravine::config<nag> c) : looks_ahead(c.choice("form") == "lookahead") {}

  template <class T>
  bool gradient_point(ravine::step<T, nag> s, std::span<T> point) const {
    if (!looks_ahead) return false;
    const T beta = s["beta"];
    const auto p = s.params(), v = s.state("v");
    for (std::size_t i = 0; i < point.size(); ++i) point[i] = p[i] - beta * v[i];
    return true;
  }

  template <class T>
  void step(ravine::step<T, nag> s) const {
    const T lr = s["lr"], beta = s["beta"];
    if (!looks_ahead) {
      s.for_each_decayed([=](T& p, T g, T& v) {
        v = beta * v + g;
        p -= lr * (g + beta * v);
      });
      return;
    }
    s.by_decay([=](const auto& part, T decay) {
      part.for_each([=](T& p, T g, T& v) {
        const T ahead = p - beta * v;
        v = beta * v + lr * (g + decay * ahead);
        p -= v;
      });
    });
  }

  bool looks_ahead;
};

}  // namespace

RAVINE_OPTIMIZER(nag)
