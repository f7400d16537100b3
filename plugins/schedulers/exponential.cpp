#include <ravine/scheduler.hpp>

#include <cmath>

namespace {

struct exponential {
  static constexpr ravine::about about{
      "exponential", "The same factor every step or epoch",
      "Senior et al. 2013, An empirical study of learning rates (ICASSP)",
      "form continuous: base e^(-rate t)\n"
      "form discrete:   base gamma^t\n"
      "The forms agree for gamma = e^-rate. Form discrete is PyTorch's ExponentialLR, which multiplies\n"
      "step by step and so differs by rounding."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("form", {"continuous", "discrete"}).doc("which of rate and gamma counts"),
      ravine::real("rate", 0.05)
          .at_least(0)
          .log()
          .search(1e-4, 1)
          .doc("lambda, per step or epoch; form continuous only"),
      ravine::real("gamma", 0.95)
          .above(0)
          .log_one_minus()
          .search(0.5, 0.9999)
          .doc("factor per step or epoch; form discrete only"));

  double value(ravine::schedule_point<exponential> s) const {
    const bool continuous = s.choice("form") == "continuous";
    return s.base * (continuous ? std::exp(-s["rate"] * s.t) : std::pow(s["gamma"], s.t));
  }
};

}  // namespace

RAVINE_SCHEDULER(exponential)
