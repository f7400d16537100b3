#include <ravine/scheduler.hpp>

#include <cmath>
#include <numbers>

namespace {

struct cosine {
  static constexpr ravine::about about{
      "cosine", "Half a cosine from the base value down to a floor",
      "Loshchilov & Hutter 2017, arXiv:1608.03983",
      "min + (base - min) (1 + cos(pi t / T)) / 2, T the schedule's length; stays at min after T,\n"
      "where PyTorch's CosineAnnealingLR would rise again."};
  static constexpr auto hyper = ravine::hyperparameters(ravine::real("min", 0).doc("value at the end"));
  static constexpr bool needs_length = true;

  double value(ravine::schedule_point<cosine> s) const {
    return std::lerp(s["min"], s.base, (1 + std::cos(std::numbers::pi * s.share())) / 2);
  }
};

}  // namespace

RAVINE_SCHEDULER(cosine)
