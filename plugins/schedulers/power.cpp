#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct power {
  static constexpr ravine::about about{
      "power", "A negative power of time, after a warm-up", "Shen et al. 2024, arXiv:2408.13359",
      "base (warmup / max(n, warmup))^exponent, n = t + 1 being the number of the step or epoch; with\n"
      "start linear, base n / warmup before that. It needs no planned length. exponent 0.5 is\n"
      "inverse_sqrt. Shen et al. take min(base, a n^-0.51) with n in tokens, which is the same for\n"
      "warmup = (a / base)^(1 / 0.51), after a warm-up and before a decay, which are stages of their\n"
      "own here; their a grows with the batch size. A schedule named before it does not shift n."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("exponent", 0.51).at_least(0).search(0.2, 1).doc("0: constant"),
      ravine::integer("warmup", 4000).at_least(1).doc("steps or epochs before the decay begins"),
      ravine::choice("start", {"hold", "linear"}).doc("until then: the base value, or growth to it"));

  double value(ravine::schedule_point<power> s) const {
    const double n = s.t + 1;
    if (n < s["warmup"] && s.choice("start") == "linear") return s.base * (n / s["warmup"]);
    return s.base * std::pow(s["warmup"] / std::max(n, s["warmup"]), s["exponent"]);
  }
};

}  // namespace

RAVINE_SCHEDULER(power)
