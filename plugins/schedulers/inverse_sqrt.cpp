#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct inverse_sqrt {
  static constexpr ravine::about about{
      "inverse_sqrt", "As one over the root of time, after a warm-up",
      "Vaswani et al. 2017, arXiv:1706.03762",
      "base sqrt(warmup / max(n, warmup)), n = t + 1 being the number of the step or epoch; with start\n"
      "linear, base n / warmup before that, which is the Transformer's schedule, width^-1/2\n"
      "min(n^-1/2, n warmup^-3/2), for base = (width warmup)^-1/2. It needs no planned length. A\n"
      "schedule named before it does not shift n: for the Transformer's, say start: linear instead of\n"
      "naming a warmup. PyTorch has no such schedule."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("warmup", 4000).at_least(1).doc("steps or epochs before the decay begins"),
      ravine::choice("start", {"hold", "linear"}).doc("until then: the base value, or growth to it"));

  double value(ravine::schedule_point<inverse_sqrt> s) const {
    const double n = s.t + 1;
    if (n < s["warmup"] && s.choice("start") == "linear") return s.base * (n / s["warmup"]);
    return s.base * std::sqrt(s["warmup"] / std::max(n, s["warmup"]));
  }
};

}  // namespace

RAVINE_SCHEDULER(inverse_sqrt)
