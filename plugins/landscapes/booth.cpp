#include <ravine/landscape.hpp>

namespace {

struct booth {
  static constexpr ravine::about about{
      "booth", "A slanted bowl, nine times steeper across than along",
      "Jamil & Yang 2013, A literature survey of benchmark functions, arXiv:1308.4008",
      "f(x, y) = (x + 2 y - 7)^2 + (2 x + y - 5)^2\n"
      "Quadratic; the Hessian's eigenvalues are 2 and 18, its eigenvectors the diagonals."};

  ravine::landscape_facts facts() const {
    return {.lower = {-10, -10}, .upper = {10, 10}, .start = {-8, 5}, .minima = {{1, 3}}, .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T a = x + 2 * y - 7, b = 2 * x + y - 5;
    g[0] = 2 * a + 4 * b;
    g[1] = 4 * a + 2 * b;
    return a * a + b * b;
  }
};

}  // namespace

RAVINE_LANDSCAPE(booth)
