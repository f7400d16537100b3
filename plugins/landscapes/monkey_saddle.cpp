#include <ravine/landscape.hpp>

namespace {

struct monkey_saddle {
  static constexpr ravine::about about{
      "monkey_saddle", "Three ways down from a point without curvature",
      "Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie, Springer",
      "f(x, y) = x^3 - 3 x y^2, unbounded below\n"
      "At 0 the gradient and the Hessian vanish: no second-order method sees a way down.\n"
      "The start is close to the positive x axis, from which exact gradients lead there."};

  ravine::landscape_facts facts() const {
    return {.lower = {-2, -2}, .upper = {2, 2}, .start = {1.5, 1e-3}, .unbounded_below = true};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    g[0] = 3 * (x - y) * (x + y);
    g[1] = -6 * x * y;
    return x * (x * x - 3 * y * y);
  }
};

}  // namespace

RAVINE_LANDSCAPE(monkey_saddle)
