#include <ravine/optimizer.hpp>

#include <cmath>
#include <stdexcept>

namespace {

struct adadelta {
  static constexpr ravine::about about{
      "adadelta", "Gradient scaled so that moves have the unit of parameters", "Zeiler 2012, arXiv:1212.5701",
      "s <- rho s + (1 - rho) g^2,  move = sqrt(d + eps) / sqrt(s + eps) g\n"
      "d <- rho d + (1 - rho) move^2,  p <- p - lr move\n"
      "As in PyTorch; the paper has no lr (1). weight_decay adds weight_decay p to g."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(1).search(1e-2, 10),
                              ravine::decay_rate("rho", 0.9).search(0.5, 0.999).doc("decay of s and d"),
                              ravine::real("eps", 1e-6)
                                  .above(0)
                                  .log()
                                  .search(1e-10, 1e-2)
                                  .doc("added to s and d; sets the first moves"),
                              ravine::weight_decay(0), ravine::decay_biases());
  static constexpr auto state = ravine::per_parameter("s", "d");
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, adadelta> s) const {
    const T lr = s["lr"], eps = s["eps"];
    const T rho = s["rho"], gain = 1 - s["rho"];
    if (s.number() == 1 && eps == 0)
      throw std::invalid_argument(
          "eps is 0 in the type of the parameters, where the first moves come from it and "
          "nothing would ever move: give it 1e-38 or more, or train in f64");
    s.for_each_decayed([=](T& p, T g, T& square, T& d) {
      square = rho * square + gain * g * g;
      const T move = ravine::quotient(std::sqrt(d + eps), std::sqrt(square + eps)) * g;
      d = rho * d + gain * move * move;
      p -= lr * move;
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(adadelta)
