#include <ravine/scheduler.hpp>

#include <cmath>

namespace {

struct linear_range {
  static constexpr ravine::about about{
      "linear_range", "A straight line from one value to another",
      "Smith 2017, arXiv:1506.01186 (range test)",
      "from + (to - from) t / T, T the schedule's length; stays at `to` after T. Both are values,\n"
      "whatever the base value. PyTorch's LinearLR with from = base start_factor, to = base\n"
      "end_factor."};
  static constexpr auto hyper = ravine::hyperparameters(ravine::real("from", 0).doc("value at t = 0"),
                                                        ravine::real("to", 1).doc("value at the end"));
  static constexpr bool needs_length = true;

  double value(ravine::schedule_point<linear_range> s) const {
    return std::lerp(s["from"], s["to"], s.share());
  }
};

}  // namespace

RAVINE_SCHEDULER(linear_range)
