#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct warmup {
  static constexpr ravine::about about{
      "warmup", "Linear growth to the base value", "Goyal et al. 2017, arXiv:1706.02677",
      "base (start + (1 - start) min(t / T, 1)), T the schedule's length and start 1 / T by default: no\n"
      "step, and by epoch no epoch, is wasted at 0. Name another schedule after it:\n"
      "[{use: warmup, for: {epochs: 1}}, {use: cosine}].\n"
      "PyTorch's LinearLR with start_factor = start, which is 1 / 3 by default."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("start", 0).at_least(0).at_most(1).doc("share of the base value at t = 0; 0: 1 / T"));
  static constexpr bool needs_length = true;

  double value(ravine::schedule_point<warmup> s) const {
    const double start = s["start"] > 0 ? s["start"] : 1 / std::max(s.length(), 1.0);
    return s.base * std::lerp(start, 1.0, s.share());
  }
};

}  // namespace

RAVINE_SCHEDULER(warmup)
