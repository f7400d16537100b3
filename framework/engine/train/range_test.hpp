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
  double smoothing = 0.95;  ///< share of the past in the smoothed loss, 0 <= smoothing < 1
};

/// Smooths losses and finds what a range test asks for.
class range_analysis {
 public:
  enum class verdict { go_on, diverged };

  explicit range_analysis(double smoothing) : smoothing_(smoothing) {}

  /// The next loss. Diverged: it is not finite, or the smoothed loss is more than three times its best
  /// size above its best value, which is four times the best where losses are positive.
  verdict add(double lr, double loss);
  const std::vector<range_point>& points() const { return points_; }

  /// Where the smoothed loss falls fastest over log lr, by central differences.
  std::optional<double> steepest_descent() const;

 private:
  double smoothing_;
  double average_ = 0;      // not corrected for its start at 0
  double weight_left_ = 1;  // smoothing ^ points
  double best_ = 0;
  std::vector<range_point> points_;
};

/// The learning-rate range test (Smith 2015, arXiv:1506.01186): the trial is run while the schedule
/// exponential_range takes lr from one end to the other, and ended where it diverges. Its budget, its
/// schedule of lr and its target are replaced; `data` as for run_trial. The rates are those that the
/// optimizer gets: the linear scaling rule does not apply.
range_curve run_range_test(trial_spec spec, const registry& plugins, const dataset* data,
                           const range_test_settings& how);

}  // namespace ravine
