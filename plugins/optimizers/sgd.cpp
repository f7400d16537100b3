#include <ravine/optimizer.hpp>

namespace {

struct sgd {
  static constexpr ravine::about about{
      "sgd", "Gradient descent: batch, stochastic or mini-batch by batch size",
      "Robbins & Monro 1951, doi:10.1214/aoms/1177729586",
      "p <- p - lr g\n"
      "Goes downhill for lr below 2 / the largest curvature. weight_decay adds weight_decay p to g, as in\n"
      "PyTorch."};
  static constexpr auto hyper = ravine::hyperparameters(ravine::learning_rate(0.01).search(1e-4, 1.0),
                                                        ravine::weight_decay(0), ravine::decay_biases());
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, sgd> s) const {
    const T lr = s["lr"];
    s.for_each_decayed([=](T& p, T g) { p -= lr * g; });
  }
};

}  // namespace

RAVINE_OPTIMIZER(sgd)
