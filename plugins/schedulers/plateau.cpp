#include <ravine/scheduler.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct plateau {
  static constexpr ravine::about about{
      "plateau", "Reduced whenever the metric stops improving",
      "Senior et al. 2013, An empirical study of learning rates (ICASSP)",
      "max(base factor^k, floor) after k reductions. One takes place when more than `patience`\n"
      "evaluations in a row were no better than the best so far; the `cooldown` evaluations after it\n"
      "do not count as bad.\n"
      "better, threshold_mode relative: metric < best - threshold |best|\n"
      "better, threshold_mode absolute: metric < best - threshold\n"
      "The metric is the validation loss (the training loss without validation, the loss on a\n"
      "landscape), at each evaluation. A floor above the base value counts as the base value: nothing\n"
      "grows. PyTorch's ReduceLROnPlateau in mode min, which also leaves out reductions by less than\n"
      "eps (1e-8): set its eps to 0 for the same values. Its relative mode compares with\n"
      "best (1 - threshold), so that below 0 a worse metric counts as better; here the size of best\n"
      "counts, as in PyTorch's mode max of the metric negated."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("factor", 0.1).above(0).below(1).search(0.1, 0.9).doc("of each reduction"),
      ravine::integer("patience", 10).at_least(0).doc("evaluations without improvement before reducing"),
      ravine::real("threshold", 1e-4).at_least(0).doc("improvement that counts"),
      ravine::choice("threshold_mode", {"relative", "absolute"}).doc("what the threshold is compared to"),
      ravine::integer("cooldown", 0).at_least(0).doc("evaluations after a reduction that do not count"),
      ravine::real("floor", 0).doc("it falls no lower"));
  static constexpr auto state = ravine::scalars("observed", "best", "bad", "resting", "reductions");

  double value(ravine::schedule_point<plateau> s) const {
    const double reduced = s.base * std::pow(s["factor"], s.remembered("reductions"));
    return std::max(reduced, std::min(s.base, s["floor"]));
  }

  void observe(ravine::schedule_memory<plateau> memory, double metric) const {
    double& bad = memory.remembered("bad");
    double& resting = memory.remembered("resting");
    if (is_better(memory, metric)) {
      memory.remembered("best") = metric;
      bad = 0;
    } else {
      ++bad;
    }
    ++memory.remembered("observed");
    if (resting > 0) {
      --resting;
      bad = 0;
    }
    if (bad > memory["patience"]) {
      ++memory.remembered("reductions");
      resting = memory["cooldown"];
      bad = 0;
    }
  }

 private:
  static bool is_better(const ravine::schedule_memory<plateau>& memory, double metric) {
    if (memory.remembered("observed") == 0) return true;
    const double best = memory.remembered("best");
    const double threshold = memory["threshold"];
    if (memory.choice("threshold_mode") == "absolute") return metric < best - threshold;
    return metric < best * (best < 0 ? 1 + threshold : 1 - threshold);
  }
};

}  // namespace

RAVINE_SCHEDULER(plateau)
