#pragma once

#include "compare/comparison.hpp"

#include <string>

namespace ravine::cli {

enum class points_shown {
  chosen,  ///< the best search point of each optimizer
  all
};

enum class text_style { terminal, markdown };

/// The comparison for people: a table for each problem, at most 100 columns wide with labels of up to 20
/// characters, the best value of each column marked, then what failed and why.
std::string comparison_text(const comparison& compared, points_shown points, text_style style);

/// One row for each line, in full, with a heading. What has no value is an empty cell.
std::string comparison_csv(const comparison& compared);

}  // namespace ravine::cli
