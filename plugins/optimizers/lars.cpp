#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

namespace {

struct lars {
  static constexpr ravine::about about{
      "lars", "Momentum with a rate for each layer", "You, Gitman & Ginsburg 2017, arXiv:1708.03888",
      "For each tensor:  local = trust |p| / (|g| + weight_decay |p|)\n"
      "v <- beta v + lr local (g + weight_decay p),  p <- p - v\n"
      "Euclidean norms. Where |p| is 0 the formula would never let a tensor move: local is 1 there, as in\n"
      "common implementations, and where the denominator is 0 as well. The learning rate enters the\n"
      "velocity, as in the paper; implementations over PyTorch's SGD multiply the velocity by it, which\n"
      "differs under a schedule, and some add an epsilon to the denominator. The paper adapts every tensor;\n"
      "adapt_biases: false gives biases and normalisations plain momentum at lr (local = 1), and\n"
      "decay_biases: false leaves them undecayed: later papers do both. Since trust is small, lr is large."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1).search(0.01, 100).doc("learning rate, global"),
      ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of the velocity"),
      ravine::real("trust", 1e-3).above(0).log().search(1e-4, 1e-1).doc("trust coefficient"),
      ravine::weight_decay(5e-4),
      ravine::boolean("adapt_biases", true).doc("whether biases and normalisations have local rates"),
      ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("v");

  template <class T>
  void step(ravine::step<T, lars> s) const {
    const T beta = s["beta"];
    for (const auto tensor : s.tensors()) {
      const bool adapts = s.flag("adapt_biases") || !tensor.is_bias_or_norm();
      const double local = adapts ? local_rate(tensor, s["trust"]) : 1;
      const T rate = s["lr"] * local, decay = tensor.decay();
      tensor.for_each(
          [=](T& p, T g, T& v) {
            v = beta * v + rate * (g + decay * p);
            p -= v;
          },
          "v");
    }
  }

 private:
  template <class Tensor>
  static double local_rate(const Tensor& tensor, double trust) {
    const double length = ravine::norm(tensor.params());
    const double pull = ravine::norm(tensor.grads()) + tensor.decay() * length;
    return length > 0 && pull > 0 ? trust * length / pull : 1;
  }
};

}  // namespace

RAVINE_OPTIMIZER(lars)
