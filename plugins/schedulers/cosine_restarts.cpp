#include <ravine/scheduler.hpp>

#include <cmath>
#include <numbers>

namespace {

struct cosine_restarts {
  static constexpr ravine::about about{
      "cosine_restarts", "Cosines from the base value down to a floor, again and again",
      "Loshchilov & Hutter 2017, arXiv:1608.03983 (SGDR)",
      "min + (base - min) (1 + cos(pi t_c / T_c)) / 2 in cycles of length T_c = period, period mult,\n"
      "period mult^2, …; t_c counts from the cycle's beginning, where the base value is back. It needs\n"
      "no planned length. PyTorch's CosineAnnealingWarmRestarts with T_0 = period, T_mult = mult."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("period", 10).at_least(1).doc("steps or epochs of the first cycle"),
      ravine::integer("mult", 1).at_least(1).doc("length of each cycle over that of the one before"),
      ravine::real("min", 0).doc("value that each cycle falls to"));

  double value(ravine::schedule_point<cosine_restarts> s) const {
    double length = s["period"];
    double t = s.t;
    if (s["mult"] == 1) {
      t = std::fmod(t, length);
    } else {
      while (t >= length) {
        t -= length;
        length *= s["mult"];
      }
    }
    return std::lerp(s["min"], s.base, (1 + std::cos(std::numbers::pi * t / length)) / 2);
  }
};

}  // namespace

RAVINE_SCHEDULER(cosine_restarts)
