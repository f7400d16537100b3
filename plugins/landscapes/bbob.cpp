#include "bbob_functions.hpp"

#include <ravine/landscape.hpp>

#include <array>

namespace {

class bbob {
 public:
  static constexpr ravine::about about{
      "bbob", "The 24 noiseless functions of COCO's bbob, with its instances",
      "Hansen, Finck, Ros & Auger 2009, INRIA RR-6829, with the changes that COCO made later",
      "separable:          1 sphere, 2 ellipsoid, 3 rastrigin, 4 büche-rastrigin, 5 linear slope\n"
      "low condition:      6 attractive sector, 7 step ellipsoid, 8 rosenbrock, 9 rosenbrock rotated\n"
      "ill-conditioned:    10 ellipsoid rotated, 11 discus, 12 bent cigar, 13 sharp ridge,\n"
      "                    14 different powers\n"
      "multimodal:         15 rastrigin rotated, 16 weierstrass, 17 schaffers,\n"
      "                    18 schaffers ill-conditioned, 19 griewank-rosenbrock\n"
      "weakly structured:  20 schwefel, 21 gallagher 101 peaks, 22 gallagher 21 peaks, 23 katsuura,\n"
      "                    24 lunacek\n"
      "An instance has a minimum f* of its own at a place of its own, and rotations of its own. It has\n"
      "COCO's values, also outside of the box [-5, 5]^n. The start is 0, as COCO proposes.\n"
      "Gradients are exact where there is one. f13, f14, f17, f18, f21, f22 and f24 have kinks, at\n"
      "which that of one side, or 0, is answered. On the steps of f7 the gradient is 0, and on the\n"
      "zigzags of f23, 1e-10 wide, it says nothing of what is around: these two are for optimizers\n"
      "without gradients."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("function", 1).at_least(1).at_most(24).doc("number in bbob"),
      ravine::integer("instance", 1).at_least(1).at_most(100'000).doc("number of the instance"),
      ravine::integer("n", 2).at_least(2).at_most(ravine::bbob::most_dimensions).doc("dimensions"));

  explicit bbob(ravine::config<bbob> c)
      : f_(ravine::bbob::make_function(static_cast<int>(c.integer("function")), c.integer("instance"),
                                       c.count("n"))) {}

  ravine::landscape_facts facts() const {
    const std::size_t n = f_.optimum.size();
    return {.lower = std::vector<double>(n, -5),
            .upper = std::vector<double>(n, 5),
            .start = std::vector<double>(n, 0),
            .minima = {f_.optimum},
            .minimum = f_.minimum};
  }

  /// In double whatever T is: the functions are steep, and their minima are told to many digits.
  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    std::array<double, ravine::bbob::most_dimensions> point, slope;
    std::ranges::copy(x, point.begin());
    const double f = f_.value_gradient(std::span(point).first(x.size()), std::span(slope).first(x.size()));
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = static_cast<T>(slope[i]);
    return static_cast<T>(f);
  }

 private:
  ravine::bbob::function f_;
};

}  // namespace

RAVINE_LANDSCAPE(bbob)
