#include <ravine/scheduler.hpp>

#include <cmath>
#include <string_view>

namespace {

struct cyclic {
  static constexpr ravine::about about{
      "cyclic", "Triangles over the base value", "Smith 2017, arXiv:1506.01186",
      "base + base (factor - 1) h a, where h goes from 0 to 1 over `up` and back over `down`, and in\n"
      "cycle c = 0, 1, … a is\n"
      "form triangular:  1\n"
      "form triangular2: 2^-c\n"
      "form exp_range:   gamma^t\n"
      "A factor below 1 makes valleys, as for a momentum.\n"
      "PyTorch's CyclicLR with base_lr = base, max_lr = base factor, step_size_up = up, step_size_down\n"
      "= down; its momentum goes from max_momentum = base to base_momentum = base factor. PyTorch's\n"
      "gamma is 1 by default, which is triangular."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("form", {"triangular", "triangular2", "exp_range"}).doc("how later peaks shrink"),
      ravine::real("factor", 4).at_least(0).search(2, 10).doc("peak over the base value"),
      ravine::integer("up", 2000).at_least(1).doc("steps or epochs from the base value to the peak"),
      ravine::integer("down", 0).at_least(0).doc("steps or epochs back; 0: as many as up"),
      ravine::real("gamma", 0.99994).above(0).at_most(1).doc("per step or epoch; form exp_range only"));

  double value(ravine::schedule_point<cyclic> s) const {
    const double up = s["up"];
    const double down = s["down"] == 0 ? up : s["down"];
    const double cycle = std::floor(s.t / (up + down));
    const double within = s.t - cycle * (up + down);
    const double height = within <= up ? within / up : (up + down - within) / down;
    return s.base * std::lerp(1.0, s["factor"], height * amplitude(s, cycle));
  }

 private:
  static double amplitude(const ravine::schedule_point<cyclic>& s, double cycle) {
    const std::string_view form = s.choice("form");
    if (form == "triangular2") return std::exp2(-cycle);
    return form == "exp_range" ? std::pow(s["gamma"], s.t) : 1.0;
  }
};

}  // namespace

RAVINE_SCHEDULER(cyclic)
