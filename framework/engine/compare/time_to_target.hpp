#pragma once

#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// What the cost of reaching a target is counted in: evaluations on landscapes, which have no epochs, and
/// epochs with data.
cost_unit cost_unit_of(std::string_view target_metric);

/// What trials are to reach: values of one metric, easiest first. The last one is the target of the trials,
/// the others are what else is asked about.
struct target_set {
  std::string metric;
  std::vector<double> values;
};

/// How long it took to meet the target, in one unit.
struct time_summary {
  double median = 0;    ///< over all trials; infinite if half of them or more never met it
  double expected = 0;  ///< expected_running_time
};

/// How one target of several was met.
struct target_summary {
  double value = 0;
  std::size_t reached = 0;
  /// Of each trial until an evaluation first met it, in the metric's cost_unit_of. Infinite where none did.
  std::vector<double> costs;
  std::vector<double> spent;        ///< the same, or what a trial cost that never met it
  std::vector<double> evaluations;  ///< the same in evaluations, whatever the metric
  double expected = 0;              ///< expected_running_time, in that unit
};

/// Of trials that had a target.
struct time_to_target {
  std::size_t reached = 0;   ///< trials that met the target, whatever became of them later
  std::size_t at_start = 0;  ///< of these, that met it before the first step
  /// Of these, how many did not keep it, by how they ended: their last value does not meet it, or they
  /// failed.
  std::map<trial_status, std::size_t> lost_later;
  std::size_t trials = 0;
  time_summary epochs;
  time_summary steps;
  time_summary evaluations;
  time_summary seconds;
  std::vector<target_summary> targets;  ///< all of them, easiest first

  /// In that unit, which is no share.
  const time_summary& in(cost_unit unit) const;
};

time_to_target measure_time_to_target(std::span<const trial_result* const> trials, const target_set& targets);

/// Whether the trial met the target and kept it: it ended well, and its last value still meets it.
bool keeps_target(const trial_result& trial, std::string_view metric, double target);

/// ERT = (cost of all trials, up to success or stop) / (number of successes): what it costs on average to
/// reach the target when an unsuccessful trial is followed by another one (Hansen et al. 2016, COCO,
/// arXiv:1605.03560). `to_target` is NaN for a trial without success. Infinite without any success, NaN
/// without trials. Spans of the same length.
double expected_running_time(std::span<const double> spent, std::span<const double> to_target);

}  // namespace ravine
