#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct step_decay {
  static constexpr ravine::about about{
      "step_decay", "Multiplied by gamma every so often, or at milestones",
      "He et al. 2016, arXiv:1512.03385",
      "base gamma^floor(t / every); with milestones: base gamma^(number of milestones <= t).\n"
      "PyTorch's StepLR and MultiStepLR."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("gamma", 0.5).above(0).search(0.1, 0.9).doc("factor of each drop"),
      ravine::integer("every", 10).at_least(1).doc("steps or epochs between drops; without milestones"),
      ravine::integer_list("milestones", {})
          .at_least(0)
          .doc("steps or epochs at which it drops, instead of every"));

  double value(ravine::schedule_point<step_decay> s) const {
    const auto milestones = s.list("milestones");
    const auto is_past = [&](std::int64_t milestone) { return double(milestone) <= s.t; };
    const double drops = milestones.empty() ? std::floor(s.t / s["every"])
                                            : double(std::ranges::count_if(milestones, is_past));
    return s.base * std::pow(s["gamma"], drops);
  }
};

}  // namespace

RAVINE_SCHEDULER(step_decay)
