#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct inverse_sqrt {
  static constexpr ravine::about about{
      "inverse_sqrt", "As one over the root of time, after a warm-up",
      "Vaswani et al. 2017, arXiv:1706.03762",
      "base sqrt(warmup) / sqrt(max(t, warmup)); with start linear, base t / warmup before that, which\n"
      "is the Transformer's schedule for base = (width warmup)^-1/2. It needs no planned length. A\n"
      "schedule named before it does not shift t: for the Transformer's, say start: linear instead of\n"
      "naming a warmup. PyTorch has no such schedule."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("warmup", 4000).at_least(1).doc("steps or epochs before the decay begins"),
      ravine::choice("start", {"hold", "linear"}).doc("until then: the base value, or growth to it from 0"));

  double value(ravine::schedule_point<inverse_sqrt> s) const {
    if (s.t < s["warmup"] && s.choice("start") == "linear") return s.base * (s.t / s["warmup"]);
    return s.base * std::sqrt(s["warmup"] / std::max(s.t, s["warmup"]));
  }
};

}  // namespace

RAVINE_SCHEDULER(inverse_sqrt)
