#include <ravine/landscape.hpp>

namespace {

struct goldstein_price {
  static constexpr ravine::about about{
      "goldstein_price", "Four minima in valleys whose depths differ by orders of magnitude",
      "Goldstein & Price 1971, On descent from local minima, doi:10.1090/S0025-5718-1971-0312365-X",
      "f(x, y) = [1 + (x + y + 1)^2 (19 - 14 x + 3 x^2 - 14 y + 6 x y + 3 y^2)]\n"
      "          [30 + (2 x - 3 y)^2 (18 - 32 x + 12 x^2 + 48 y - 36 x y + 27 y^2)]\n"
      "From 3 at the minimum to a million at the corners."};

  ravine::landscape_facts facts() const {
    return {.lower = {-2, -2}, .upper = {2, 2}, .start = {0.5, 0.5}, .minima = {{0, -1}}, .minimum = 3};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T u = x + y + 1, v = 2 * x - 3 * y;
    const T p = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y;
    const T q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y;
    const T a = 1 + u * u * p, b = 30 + v * v * q;
    const T a_slope = 2 * u * p + u * u * (6 * x + 6 * y - 14);    // along x and along y
    const T b_slope = 2 * v * q + v * v * (12 * x - 18 * y - 16);  // twice along x, -3 times along y
    g[0] = a_slope * b + 2 * a * b_slope;
    g[1] = a_slope * b - 3 * a * b_slope;
    return a * b;
  }
};

}  // namespace

RAVINE_LANDSCAPE(goldstein_price)
