#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <span>

namespace ravine {

/// How long it took to meet the target, in one unit.
struct time_summary {
  double median = 0;    ///< over all trials; infinite if half of them or more never met it
  double expected = 0;  ///< expected_running_time
};

/// Of trials that had a target.
struct time_to_target {
  std::size_t reached = 0;  ///< trials that met the target, whatever became of them later
  std::size_t trials = 0;
  time_summary epochs;
  time_summary steps;
  time_summary evaluations;
  time_summary seconds;
};

time_to_target measure_time_to_target(std::span<const trial_result* const> trials);

/// ERT = (cost of all trials, up to success or stop) / (number of successes): what it costs on average to
/// reach the target when an unsuccessful trial is followed by another one (Hansen et al. 2016, COCO,
/// arXiv:1605.03560). `to_target` is NaN for a trial without success. Infinite without any success, NaN
/// without trials. Spans of the same length.
double expected_running_time(std::span<const double> spent, std::span<const double> to_target);

}  // namespace ravine
