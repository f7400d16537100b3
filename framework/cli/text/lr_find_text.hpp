#pragma once

#include "train/range_test.hpp"

#include <string>
#include <vector>

namespace ravine::cli {

/// A range test of one optimizer on one problem.
struct found_rate {
  std::string problem;
  std::string optimizer;
  range_curve curve;
};

/// For people: a table of the suggestions, then the curves.
std::string rates_text(const std::vector<found_rate>& all);

/// One row for each point of each curve, with a heading.
std::string rates_csv(const std::vector<found_rate>& all);

/// Suggestions and curves; NaN and what is not there as null.
std::string rates_json(const std::vector<found_rate>& all);

}  // namespace ravine::cli
