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
      ravine::real("lr", 1e-3)
          .at_least(0)
          .log()
          .search(1e-4, 1e-1)
          .doc("learning rate: a move's size relative to the tensor's"),
      ravine::real("beta1", 0.9).at_least(0).below(1).log_one_minus().search(0.5, 0.99).doc("decay of m"),
      ravine::real("beta2", 0.999).at_least(0).below(1).log_one_minus().search(0.9, 0.9999).doc("decay of v"),
      ravine::real("eps", 1e-6).at_least(0).log().search(1e-10, 1e-2).doc("added to the root of v"),
      ravine::weight_decay(0.01),
      ravine::boolean("bias_correction", true).doc("divide m and v by what they are short by at first"),
      ravine::boolean("adapt_biases", true).doc("whether biases and normalisations have trust ratios"),
      ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("m", "v");

  template <class T>
  void step(ravine::step<T, lamb> s) const {
    const bool corrected = s.flag("bias_correction");
    const T scale1 = static_cast<T>(1 / (corrected ? s.bias_correction(s["beta1"]) : 1));
    const T root2 = static_cast<T>(std::sqrt(corrected ? s.bias_correction(s["beta2"]) : 1));
    const T beta1 = static_cast<T>(s["beta1"]), gain1 = static_cast<T>(1 - s["beta1"]);
    const T beta2 = static_cast<T>(s["beta2"]), gain2 = static_cast<T>(1 - s["beta2"]);
    const T eps = static_cast<T>(s["eps"]);
    s.for_each([=](T&, T g, T& m, T& v) {
      m = beta1 * m + gain1 * g;
      v = beta2 * v + gain2 * g * g;
    });
    for (const auto tensor : s.tensors()) {
      const bool adapts = s.flag("adapt_biases") || !tensor.is_bias_or_norm();
      const T decay = static_cast<T>(tensor.decay());
      const auto update = [=](T p, T m, T v) {
        return scale1 * m / (std::sqrt(v) / root2 + eps) + decay * p;
      };
      const T rate = static_cast<T>(s["lr"] * (adapts ? trust(tensor, update) : 1));
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
