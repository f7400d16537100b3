#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/range_curve.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ravine {

/// How a learning-rate range test goes about it.
struct range_test_settings {
  double from = 1e-7;  ///< lr at the first step
  double to = 10;      ///< lr that the last step comes close to
  std::uint64_t steps = 200;
  double smoothing = 0.9;   ///< share of the past in the smoothed loss, 0 <= smoothing < 1
  std::uint64_t tries = 8;  ///< most short trainings, of `steps` steps each; 0: suggest the steepest fall
};

/// Collects the losses of a sweep and tells when it has gone far enough.
class range_analysis {
 public:
  enum class verdict { go_on, diverged };

  explicit range_analysis(double smoothing) : smoothing_(smoothing) {}

  /// The next loss. Diverged: it is not finite, or the average of the past, which is all there is by now, is
  /// more than three times its best size above its best value, four times the best where losses are positive.
  verdict add(double lr, double loss);
  const std::vector<range_point>& points() const { return points_; }

 private:
  double smoothing_;
  double average_ = 0;      // not corrected for its start at 0
  double weight_left_ = 1;  // smoothing ^ points
  double best_ = 0;
  std::vector<range_point> points_;
};

/// The learning-rate range test (Smith 2015, arXiv:1506.01186): the trial is run while the schedule
/// exponential_range takes lr from one end to the other, and ended where it diverges. From the steepest fall
/// short trainings at constant rates then double or halve lr as long as their final loss gets lower; the best
/// is suggested. The trial's budget, its schedule of lr and its target are replaced; `data` as for run_trial.
/// The rates are those that the optimizer gets: the linear scaling rule does not apply.
range_curve run_range_test(trial_spec spec, const registry& plugins, const dataset* data,
                           const range_test_settings& how);

}  // namespace ravine
