#include <ravine/optimizer.hpp>

namespace {

struct momentum {
  static constexpr ravine::about about{
      "momentum", "Gradient descent with momentum, in three forms",
      "Polyak 1964, doi:10.1016/0041-5553(64)90137-5",
      "velocity:   v <- beta v + lr g,         p <- p - v\n"
      "ema:        v <- beta v + (1 - beta) g, p <- p - lr v\n"
      "heavy_ball: v <- beta v + g,            p <- p - lr v (PyTorch's SGD with momentum)\n"
      "velocity and heavy_ball agree while lr is constant; under a schedule, velocity keeps the rate at\n"
      "which each gradient entered. ema is heavy_ball at (1 - beta) times the learning rate.\n"
      "Where the curvature is L, heavy_ball is stable for lr below 2 (1 + beta) / L.\n"
      "weight_decay adds weight_decay p to g, as in PyTorch."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.01).search(1e-4, 1.0),
      ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of the velocity"),
      ravine::choice("form", {"velocity", "ema", "heavy_ball"}).doc("how gradient and learning rate enter"),
      ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("v");
  static constexpr bool elementwise = true;

  explicit momentum(ravine::config<momentum> c) : form(c.choice("form")) {}

  template <class T>
  void step(ravine::step<T, momentum> s) const {
    const T lr = s["lr"], beta = s["beta"];
    const T gain = form == "velocity" ? lr : form == "ema" ? 1 - s["beta"] : T{1};
    const T rate = form == "velocity" ? T{1} : lr;
    s.for_each_decayed([=](T& p, T g, T& v) {
      v = beta * v + gain * g;
      p -= rate * v;
    });
  }

  std::string_view form;
};

}  // namespace

RAVINE_OPTIMIZER(momentum)
