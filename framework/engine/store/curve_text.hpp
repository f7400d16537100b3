#pragma once

#include "trial/trial_result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A trial's evaluation points as a results file keeps them: JSON that SQLite's own functions can read.
struct curve_text {
  std::string metrics;  ///< ["gradient_norm","loss"]: the names of all, sorted
  /// [[step, evaluations, epochs, gradient_seconds, optimizer_seconds, a value of each of the metrics], …];
  /// null where a point lacks the metric, and "nan", "inf", "-inf" for what JSON has no number for.
  std::string points;
};

/// Numbers have as many digits as give the same bits again.
curve_text to_curve_text(const std::vector<evaluation>& evaluations);

/// Throws ravine::error if it is no such text.
void expect_curve_text(std::string_view metrics, std::string_view points);

/// The inverse. Throws ravine::error if it is no such text.
std::vector<evaluation> from_curve_text(std::string_view metrics, std::string_view points);

}  // namespace ravine
