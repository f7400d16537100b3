#include <ravine/landscape.hpp>

namespace {

struct six_hump_camel {
  static constexpr ravine::about about{"six_hump_camel",
                                       "Six minima in symmetric pairs, one pair the deepest",
                                       "Dixon & Szegö 1978, The global optimization problem: an "
                                       "introduction, in Towards Global Optimisation 2",
                                       "f(x, y) = (4 - 2.1 x^2 + x^4 / 3) x^2 + x y + (4 y^2 - 4) y^2"};

  ravine::landscape_facts facts() const {
    return {
        .lower = {-3, -2},
        .upper = {3, 2},
        .start = {-1.5, 1},
        .minima = {{0.08984201310031806, -0.7126564030207396}, {-0.08984201310031806, 0.7126564030207396}},
        .minimum = -1.0316284534898774};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T x = point[0], y = point[1];
    const T x2 = x * x, y2 = y * y;
    g[0] = x * (8 + x2 * (2 * x2 - T(8.4))) + y;
    g[1] = x + y * (16 * y2 - 8);
    return x2 * (4 + x2 * (x2 / 3 - T(2.1))) + x * y + 4 * y2 * (y2 - 1);
  }
};

}  // namespace

RAVINE_LANDSCAPE(six_hump_camel)
