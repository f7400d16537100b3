#include <ravine/scheduler.hpp>

namespace {

struct constant {
  static constexpr ravine::about about{"constant", "The value of the manifest, times a factor"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::real("factor", 1).doc("multiplies the base value"));

  double value(ravine::schedule_point<constant> s) const { return s["factor"] * s.base; }
};

}  // namespace

RAVINE_SCHEDULER(constant)
