#include <ravine/landscape.hpp>

namespace {

struct three_hump_camel {
  static constexpr ravine::about about{
      "three_hump_camel", "One deep minimum between two shallow ones",
      "Jamil & Yang 2013, A literature survey of benchmark functions, arXiv:1308.4008",
      "f(x, y) = 2 x^2 - 1.05 x^4 + x^6 / 6 + x y + y^2\n"
      "Local minima at +-(1.747552, -0.873776), where f is 0.298638."};

  ravine::landscape_facts facts() const {
    return {.lower = {-5, -5}, .upper = {5, 5}, .start = {-2, 2}, .minima = {{0, 0}}, .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T square = x * x;
    g[0] = x * (4 + square * (square - T(4.2))) + y;
    g[1] = x + 2 * y;
    return square * (2 + square * (square / 6 - T(1.05))) + x * y + y * y;
  }
};

}  // namespace

RAVINE_LANDSCAPE(three_hump_camel)
