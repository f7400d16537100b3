// Gradient descent that takes three quarters of a second to say where it is to be evaluated, off the clock of
// training.
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace {

struct slow_to_evaluate {
  static constexpr ravine::about about{"slow_to_evaluate", "Gradient descent whose evaluation takes long"};
  static constexpr auto hyper = ravine::hyperparameters(ravine::learning_rate(0.1));

  template <class T>
  void step(ravine::step<T, slow_to_evaluate> s) const {
    const T lr = s["lr"];
    s.for_each([=](T& p, T g) { p -= lr * g; });
  }

  template <class T>
  bool evaluation_point(ravine::step<T, slow_to_evaluate> s, std::span<T> point) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(750));
    std::ranges::copy(s.params(), point.begin());
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(slow_to_evaluate)
