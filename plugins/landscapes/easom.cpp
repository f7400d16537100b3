#include <ravine/landscape.hpp>

#include <cmath>
#include <numbers>

namespace {

struct easom {
  static constexpr ravine::about about{
      "easom", "A needle in a plain: no slope but near the minimum",
      "Easom 1990, A survey of global optimization techniques, University of Louisville",
      "f(x, y) = -cos(x) cos(y) exp(-(x - pi)^2 - (y - pi)^2)\n"
      "Farther than about 6 from the minimum, gradients are below 1e-15: the start lies within its slopes."};

  ravine::landscape_facts facts() const {
    return {.lower = {-100, -100},
            .upper = {100, 100},
            .start = {2, 4},
            .minima = {{std::numbers::pi, std::numbers::pi}},
            .minimum = -1};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T dx = x - std::numbers::pi_v<T>, dy = y - std::numbers::pi_v<T>;
    // cos(x) = -cos(x - pi), and the minimum is at 0 of dx and dy, exactly so in f64.
    const T needle = std::exp(-dx * dx - dy * dy), cx = std::cos(dx), cy = std::cos(dy);
    g[0] = needle * cy * (std::sin(dx) + 2 * dx * cx);
    g[1] = needle * cx * (std::sin(dy) + 2 * dy * cy);
    return -cx * cy * needle;
  }
};

}  // namespace

RAVINE_LANDSCAPE(easom)
