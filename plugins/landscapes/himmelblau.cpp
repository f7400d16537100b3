#include <ravine/landscape.hpp>

namespace {

struct himmelblau {
  static constexpr ravine::about about{"himmelblau", "Four valleys, equally deep",
                                       "Himmelblau 1972, Applied Nonlinear Programming, McGraw-Hill",
                                       "f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2\n"
                                       "Which of the four minima a run ends in depends on the optimizer."};

  ravine::landscape_facts facts() const {
    return {.lower = {-5, -5},
            .upper = {5, 5},
            .start = {0, 0},
            .minima = {{3, 2},
                       {-2.805118086952745, 3.131312518250573},
                       {-3.779310253377747, -3.2831859912861696},
                       {3.5844283403304917, -1.8481265269644036}},
            .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T a = x * x + y - 11, b = x + y * y - 7;
    g[0] = 4 * x * a + 2 * b;
    g[1] = 2 * a + 4 * y * b;
    return a * a + b * b;
  }
};

}  // namespace

RAVINE_LANDSCAPE(himmelblau)
