#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct lamb {
  static constexpr ravine::about about{
      "lamb", "Adam with a rate for each layer", "You et al. 2019, arXiv:1904.00962",
      "m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2\n"
      "u = mhat / (sqrt(vhat) + eps) + weight_decay p, with mhat, vhat corrected as in Adam\n"
      "For each tensor:  p <- p - lr trust u,  trust = |p| / |u|\n"
      "Euclidean norms; the paper's function phi is the identity. trust is 1 where |p| or |u| is 0: a\n"
      "tensor that starts at 0 would never move otherwise. Later implementations leave the correction\n"
      "out (bias_correction: false) or clip |p| to 10, which this one does not. The paper adapts every\n"
      "tensor; its authors' code leaves out biases and normalisations: adapt_biases: false makes their\n"
      "trust 1, decay_biases: false leaves them undecayed."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3)
          .search(1e-4, 1e-1)
          .doc("learning rate: a move's size relative to the tensor's"),
      ravine::beta1(), ravine::beta2(), ravine::eps(1e-6).search(1e-10, 1e-2), ravine::weight_decay(0.01),
      ravine::bias_correction(),
      ravine::boolean("adapt_biases", true).doc("whether biases and normalisations have trust ratios"),
      ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");

  template <class T>
  void step(ravine::step<T, lamb> s) const {
    const ravine::moments moments(s);
    const T scale = T(1 / moments.correction1);
    s.for_each([=](T&, T g, T& m, T& v) { moments.update(g, m, v); });
    for (const auto tensor : s.tensors()) {
      const bool adapts = s.flag("adapt_biases") || !tensor.is_bias_or_norm();
      const T decay = tensor.decay();
      const auto update = [=](T p, T m, T v) {
        return ravine::quotient(scale * m, moments.root(v)) + decay * p;
      };
      const T rate = s["lr"] * (adapts ? trust(tensor, update) : 1);
      tensor.for_each([=](T& p, T, T& m, T& v) { p -= rate * update(p, m, v); }, "m", "v");
    }
  }

 private:
  template <class Tensor, class Update>
  static double trust(const Tensor& tensor, Update update) {
    const auto p = tensor.params(), m = tensor.state("m"), v = tensor.state("v");
    const double length = ravine::norm(p);
    const double move = std::sqrt(ravine::sum(p.size(), [=](std::size_t i) {
      const double u = update(p[i], m[i], v[i]);
      return u * u;
    }));
    return length > 0 && move > 0 ? length / move : 1;
  }
};

}  // namespace

RAVINE_OPTIMIZER(lamb)
