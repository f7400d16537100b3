#include <ravine/landscape.hpp>

namespace {

struct matyas {
  static constexpr ravine::about about{
      "matyas", "A flat, slanted bowl",
      "Jamil & Yang 2013, A literature survey of benchmark functions, arXiv:1308.4008",
      "f(x, y) = 0.26 (x^2 + y^2) - 0.48 x y\n"
      "Quadratic; the Hessian's eigenvalues are 0.04 and 1, its eigenvectors the diagonals."};

  ravine::landscape_facts facts() const {
    return {.lower = {-10, -10}, .upper = {10, 10}, .start = {8, -2}, .minima = {{0, 0}}, .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    g[0] = T(0.52) * x - T(0.48) * y;
    g[1] = T(0.52) * y - T(0.48) * x;
    return T(0.26) * (x * x + y * y) - T(0.48) * x * y;
  }
};

}  // namespace

RAVINE_LANDSCAPE(matyas)
