#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct polynomial {
  static constexpr ravine::about about{
      "polynomial", "A power of the share that is left, down to a floor",
      "Chen et al. 2018, arXiv:1606.00915",
      "max(base (1 - t / T)^power, floor), T the schedule's length; power 1, the default, is linear decay\n"
      "to zero (Defazio et al. 2023, arXiv:2310.07831; Bergsma et al. 2025, arXiv:2502.15938). A floor\n"
      "above the base value counts as the base value: nothing grows.\n"
      "PyTorch's PolynomialLR, which has no floor and is 0 after T."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("power", 1).above(0).search(0.5, 3).doc("1: linear, 2: quadratic, below 1: late"),
      ravine::real("floor", 0).doc("it falls no lower"));
  static constexpr bool needs_length = true;

  double value(ravine::schedule_point<polynomial> s) const {
    return std::max(s.base * std::pow(1 - s.share(), s["power"]), std::min(s.base, s["floor"]));
  }
};

}  // namespace

RAVINE_SCHEDULER(polynomial)
