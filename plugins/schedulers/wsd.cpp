#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct wsd {
  static constexpr ravine::about about{
      "wsd", "Warm-up, a stable value, and a decay at the end",
      "Hu et al. 2024, arXiv:2404.06395; Haegele et al. 2024, arXiv:2405.18392",
      "Of the schedule's length T, the share warmup is linear growth from base / (warmup T) to the base\n"
      "value, and the share decay at the end falls to final base: with u from 0 to 1 over the decay,\n"
      "shape one_minus_sqrt: base (final + (1 - final) (1 - sqrt(u)))\n"
      "shape linear:         base (final + (1 - final) (1 - u))\n"
      "Haegele et al. find 1 - sqrt better, with 10 to 20 % of the steps; their code warms up from\n"
      "base / 100. Hu et al. decay exponentially over the last 10 %."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("warmup", 0.02).at_least(0).at_most(1).search(0, 0.1).doc("share of the length"),
      ravine::real("decay", 0.2).at_least(0).at_most(1).search(0.05, 0.5).doc("share of the length"),
      ravine::choice("shape", {"one_minus_sqrt", "linear"}).doc("of the decay"),
      ravine::real("final", 0).at_least(0).at_most(1).doc("share of the base value at the end"));
  static constexpr bool needs_length = true;

  explicit wsd(ravine::config<wsd> with) {
    if (with["warmup"] + with["decay"] > 1) {
      throw ravine::bad_config("warmup and decay are shares of one length: their sum must be at most 1");
    }
  }

  double value(ravine::schedule_point<wsd> s) const {
    const double rise = s["warmup"] * s.length(), fall = s["decay"] * s.length();
    const double left = std::max(s.length() - s.t, 0.0);
    if (s.t < rise) return s.base * std::lerp(1 / std::max(rise, 1.0), 1.0, s.t / rise);
    if (left >= fall) return left > 0 ? s.base : s.base * s["final"];
    const double u = 1 - left / fall;
    const bool straight = s.choice("shape") == "linear";
    return s.base * std::lerp(1.0, s["final"], straight ? u : std::sqrt(u));
  }
};

}  // namespace

RAVINE_SCHEDULER(wsd)
