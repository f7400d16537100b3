#pragma once

#include "compare/time_to_target.hpp"
#include "settings.hpp"
#include "store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The final values of one metric over the repetitions of a line.
struct score_summary {
  std::string metric;
  std::vector<double> values;  ///< by seed and repetition; the worst score where a trial did not succeed
  double median = 0;
  double mean = 0;
  double standard_deviation = 0;
};

/// A trial that did not end well.
struct failure {
  std::uint64_t repetition = 0;  ///< 0-based
  trial_status status = trial_status::failed;
  std::string reason;
};

/// One optimizer at one search point on one problem.
struct line_summary {
  std::string optimizer;
  settings point;
  std::size_t repetitions = 0;  ///< that ended by themselves
  std::size_t interrupted = 0;  ///< that did not, and count for nothing
  std::map<trial_status, std::size_t> statuses;
  std::vector<failure> failures;
  std::vector<score_summary> scores;      ///< in the order of the problem's metrics
  std::optional<time_to_target> times;    ///< if there was a target
  double seconds = 0;                     ///< median training time of a trial
  double optimizer_seconds_per_step = 0;  ///< median
  double state_bytes_per_parameter = 0;

  /// "adam lr=0.1".
  std::string name() const;
};

struct problem_summary {
  std::string problem;
  std::string target_metric;  ///< empty without a target
  double target_value = 0;
  std::vector<std::string> metrics;  ///< most telling first; none if nothing was ever measured
  std::string selection_metric;      ///< what search points are chosen by
  std::vector<line_summary> lines;
  std::vector<std::size_t> chosen;  ///< the line of each optimizer, in order: its best search point
};

struct comparison {
  std::vector<problem_summary> problems;
};

/// Compares stored trials. Throws ravine::error if a stored trial can't be read.
comparison compare(const std::vector<stored_trial>& trials);

}  // namespace ravine
