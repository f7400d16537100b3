#include <ravine/scheduler.hpp>

#include <cmath>

namespace {

struct warmup {
  static constexpr ravine::about about{
      "warmup", "Linear growth to the base value", "Goyal et al. 2017, arXiv:1706.02677",
      "base (start + (1 - start) min(t / T, 1)), T the schedule's length. Name another schedule after\n"
      "it: [{use: warmup, for: {epochs: 1}}, {use: cosine}].\n"
      "PyTorch's LinearLR with start_factor = start, which can't be 0 there."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("start", 0).at_least(0).at_most(1).doc("share of the base value at t = 0"));

  double value(ravine::schedule_point<warmup> s) const {
    return s.base * std::lerp(s["start"], 1.0, s.share());
  }
};

}  // namespace

RAVINE_SCHEDULER(warmup)
