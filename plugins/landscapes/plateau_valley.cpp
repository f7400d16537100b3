#include <ravine/landscape.hpp>

#include <cmath>

namespace {

class plateau_valley {
 public:
  static constexpr ravine::about about{
      "plateau_valley", "A plateau that is all but flat, and a narrow valley in it", "made for Ravine, 2026",
      "f(x, y) = 1 - exp(-(x / width)^2 / 2) + 0.001 y^2\n"
      "On the plateau gradients say next to nothing; across the valley they are a thousand times those along "
      "it."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("width", 1).above(0).fixed().log().search(0.1, 2).doc("of the valley, along x"));

  explicit plateau_valley(ravine::config<plateau_valley> c) : width_(c["width"]) {}

  ravine::landscape_facts facts() const {
    return {.lower = {-5, -5}, .upper = {5, 5}, .start = {-3, 4}, .minima = {{0, 0}}, .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    const T width = T(width_), across = point[0] / width, y = point[1];
    const T depth = std::expm1(-across * across / 2);  // exact where 1 - exp would cancel
    g[0] = (1 + depth) * across / width;
    g[1] = T(2e-3) * y;
    return T(1e-3) * y * y - depth;
  }

 private:
  double width_;
};

}  // namespace

RAVINE_LANDSCAPE(plateau_valley)
