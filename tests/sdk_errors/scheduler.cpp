// A scheduler with a name that is not declared, and functions that would never be called.
#include <ravine/scheduler.hpp>

namespace {

struct scheduler {
  static constexpr ravine::about about{"scheduler", "Declares its functions wrongly"};
  static constexpr auto hypers = ravine::hyperparameters(ravine::real("factor", 1).doc("factor"));
  static constexpr auto state = ravine::scalars("best");

  double value(ravine::schedule_point<scheduler> s, int) const {
    // expect: no_scalar_of_that_name_is_declared  name: "bets"
    return s.remembered("bets");
  }
  void on_metric(ravine::schedule_memory<scheduler>, double) const {}
};

}  // namespace

// expect: static constexpr auto hyper = ravine::hyperparameters(
// expect: double value(ravine::schedule_point<itself> s) const
// expect: void observe(ravine::schedule_memory<itself> memory, double metric) const
RAVINE_SCHEDULER(scheduler)
