#pragma once

#include "trial/trial_result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ravine {

// A trial's evaluation points as a results file keeps them: JSON that SQLite's own functions can read.
//
//   metrics  ["gradient_norm","loss"]: the names of all, sorted
//   points   [[step, evaluations, epochs, gradient_seconds, optimizer_seconds, a value of each metric], …]
//
// null where a point lacks the metric, and "nan", "inf", "-inf" for what JSON has no number for. Numbers have
// as many digits as give the same bits again.

std::string curve_metrics(const std::vector<evaluation>& evaluations);
std::string curve_points(const std::vector<evaluation>& evaluations);

/// Throws bytes_error if the points, which were written elsewhere, are not those of the evaluations: for less
/// than writing them again.
void expect_curve_points(const std::vector<evaluation>& evaluations, std::string_view points);

/// Throws ravine::error if it is no such text.
void expect_curve_text(std::string_view metrics, std::string_view points);

/// The inverse. Throws ravine::error if it is no such text.
std::vector<evaluation> from_curve_text(std::string_view metrics, std::string_view points);

}  // namespace ravine
