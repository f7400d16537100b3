#include <ravine/landscape.hpp>

#include <cmath>
#include <numbers>

namespace {

struct mccormick {
  static constexpr ravine::about about{
      "mccormick", "A wavy valley that falls for ever outside the box",
      "McCormick 1976, doi:10.1007/BF01580665",
      "f(x, y) = sin(x + y) + (x - y)^2 - 1.5 x + 2.5 y + 1\n"
      "The minimum stated is that of the box. Along x = y = -t, f falls without bound."};

  ravine::landscape_facts facts() const {
    constexpr double third = std::numbers::pi / 3;
    return {.lower = {-1.5, -3},
            .upper = {4, 4},
            .start = {0, 0},
            .minima = {{0.5 - third, -0.5 - third}},
            .minimum = -std::numbers::sqrt3 / 2 - third,
            .unbounded_below = true};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T slope = std::cos(x + y), apart = x - y;
    g[0] = slope + 2 * apart - T(1.5);
    g[1] = slope - 2 * apart + T(2.5);
    return std::sin(x + y) + apart * apart - T(1.5) * x + T(2.5) * y + 1;
  }
};

}  // namespace

RAVINE_LANDSCAPE(mccormick)
