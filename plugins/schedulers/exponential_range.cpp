#include <ravine/scheduler.hpp>

#include <cmath>

namespace {

struct exponential_range {
  static constexpr ravine::about about{
      "exponential_range", "From one value to another by a constant factor",
      "Smith 2017, arXiv:1506.01186 (range test)",
      "from (to / from)^(t / T), T the schedule's length; stays at `to` after T. Both are values,\n"
      "whatever the base value: each order of magnitude gets the same number of steps. PyTorch has no\n"
      "such schedule."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::real("from", 1e-7).above(0).doc("value at t = 0"),
                              ravine::real("to", 10).above(0).doc("value at the end"));
  static constexpr bool needs_length = true;

  double value(ravine::schedule_point<exponential_range> s) const {
    const double share = s.share();
    return share < 1 ? s["from"] * std::pow(s["to"] / s["from"], share) : s["to"];
  }
};

}  // namespace

RAVINE_SCHEDULER(exponential_range)
