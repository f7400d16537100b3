#include <ravine/arrays.hpp>
#include <ravine/optimizer.hpp>

namespace {

struct sign_descent {
  static constexpr ravine::about about{"sign_descent", "Steps of one size against the gradient's signs"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1e-3).above(0).log().search(1e-5, 1e-1).doc("size of a step"));
  static constexpr bool elementwise = true;

  template <class T>
  void step(ravine::step<T, sign_descent> s) const {
    const T lr = s["lr"];
    s.for_each([=](T& p, T g) { p -= lr * T((g > 0) - (g < 0)); });
  }
};

}  // namespace

RAVINE_OPTIMIZER(sign_descent)
