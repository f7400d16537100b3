#include <ravine/scheduler.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <stdexcept>

namespace {

/// Part of the cycle, from where the one before it ends.
struct leg {
  double end;  ///< in steps or epochs
  double from;
  double to;
};

struct one_cycle {
  static constexpr ravine::about about{
      "one_cycle", "Up and far down once: the learning rate, or inversely the momentum",
      "Smith & Topin 2018, arXiv:1708.07120; Smith 2018, arXiv:1803.09820",
      "direction rise, for a learning rate; the base value is the peak:\n"
      "  base / div_factor -> base -> base / (div_factor final_div_factor)\n"
      "direction fall, for a momentum; the base value is the highest:\n"
      "  base -> low -> base\n"
      "The turn is at t = pct_start T - 1 and the end at T - 1, T the schedule's length: the last step\n"
      "has the last value. three_phase goes back as it came, until 2 pct_start T - 2, and only then\n"
      "further down (a momentum stays). Give both hyperparameters the same pct_start, anneal and\n"
      "three_phase:\n"
      "  lr: {use: one_cycle}\n"
      "  beta: {use: one_cycle, with: {direction: fall}}\n"
      "PyTorch's OneCycleLR with max_lr = base and cycle_momentum = false, or for direction fall its\n"
      "momentum with max_momentum = base and base_momentum = low. PyTorch fails for pct_start T = 1,\n"
      "and accepts three_phase with pct_start above 0.5."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("direction", {"rise", "fall"}).doc("rise: a learning rate; fall: a momentum"),
      ravine::real("pct_start", 0.3).at_least(0).at_most(1).search(0.1, 0.5).doc("share until the turn"),
      ravine::real("div_factor", 25).above(0).doc("base value over the first one; direction rise only"),
      ravine::real("final_div_factor", 1e4).above(0).doc("first value over the last; direction rise only"),
      ravine::real("low", 0.85).doc("value at the turn; direction fall only"),
      ravine::choice("anneal", {"cos", "linear"}).doc("half cosines or straight lines"),
      ravine::boolean("three_phase", false).doc("back to the first value before falling further"));
  static constexpr bool needs_length = true;

  explicit one_cycle(ravine::config<one_cycle> with) {
    if (with.flag("three_phase") && with["pct_start"] > 0.5) {
      throw ravine::bad_config("three_phase rises and falls in pct_start each: it must be at most 0.5");
    }
  }

  double value(ravine::schedule_point<one_cycle> s) const {
    const bool rise = s.choice("direction") == "rise";
    if (!rise && s["low"] > s.base) {
      throw std::runtime_error("low is above the base value, which is the highest for direction: fall");
    }
    const double first = rise ? s.base / s["div_factor"] : s.base;
    const double turn = rise ? s.base : s["low"];
    const double last = rise ? first / s["final_div_factor"] : s.base;
    const double up = s["pct_start"] * s.length();
    const leg to_turn{up - 1, first, turn};
    const leg back{2 * up - 2, turn, first};
    if (s.flag("three_phase")) return along(s, std::array{to_turn, back, leg{s.length() - 1, first, last}});
    return along(s, std::array{to_turn, leg{s.length() - 1, turn, last}});
  }

 private:
  template <std::size_t N>
  static double along(const ravine::schedule_point<one_cycle>& s, const std::array<leg, N>& legs) {
    double begin = 0;
    std::size_t i = 0;
    for (; i + 1 < N && s.t > legs[i].end; ++i) begin = legs[i].end;
    const leg& now = legs[i];
    if (s.t >= now.end) return now.to;
    const double share = (s.t - begin) / (now.end - begin);
    const bool straight = s.choice("anneal") == "linear";
    return std::lerp(now.from, now.to, straight ? share : (1 - std::cos(std::numbers::pi * share)) / 2);
  }
};

}  // namespace

RAVINE_SCHEDULER(one_cycle)
