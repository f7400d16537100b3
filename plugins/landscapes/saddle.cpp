#include <ravine/landscape.hpp>

namespace {

struct saddle {
  static constexpr ravine::about about{
      "saddle", "The simplest strict saddle: down along y only",
      "Dauphin et al. 2014, Identifying and attacking the saddle point problem, arXiv:1406.2572",
      "f(x, y) = x^2 - y^2, unbounded below\n"
      "The start is close to the x axis, from which exact gradients lead to the saddle at 0."};

  ravine::landscape_facts facts() const {
    return {.lower = {-2, -2}, .upper = {2, 2}, .start = {1.5, 1e-3}, .unbounded_below = true};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    g[0] = 2 * x;
    g[1] = -2 * y;
    return (x - y) * (x + y);
  }
};

}  // namespace

RAVINE_LANDSCAPE(saddle)
