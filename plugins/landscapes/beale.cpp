#include <ravine/landscape.hpp>

namespace {

struct beale {
  static constexpr ravine::about about{
      "beale", "Steep corners around a flat valley",
      "Beale 1958, On an iterative method for finding a local minimum",
      "f(x, y) = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2\n"
      "Runs can escape along x -> -infinity, y -> 1, where f tends to 0.452."};

  ravine::landscape_facts facts() const {
    return {.lower = {-4.5, -4.5}, .upper = {4.5, 4.5}, .start = {1, 1}, .minima = {{3, 0.5}}, .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1], y2 = y * y, y3 = y2 * y;
    const T a = T(1.5) - x + x * y, b = T(2.25) - x + x * y2, c = T(2.625) - x + x * y3;
    g[0] = 2 * (a * (y - 1) + b * (y2 - 1) + c * (y3 - 1));
    g[1] = 2 * x * (a + 2 * b * y + 3 * c * y2);
    return a * a + b * b + c * c;
  }
};

}  // namespace

RAVINE_LANDSCAPE(beale)
