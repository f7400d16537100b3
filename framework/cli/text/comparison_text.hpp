#pragma once

#include "compare/comparison.hpp"

#include <set>
#include <string>
#include <string_view>

namespace ravine::cli {

enum class points_shown {
  chosen,  ///< the best search point of each optimizer
  all
};

enum class text_style {
  terminal,
  bold_terminal,  ///< with what is marked in bold: to be written by write_styled_result
  markdown
};

/// Parts of a comparison.
enum class section {
  scores,       ///< the lines with their medians: always there
  intervals,    ///< interquartile mean and median with 95 % bootstrap intervals
  expected,     ///< expected running time to the target
  targets,      ///< and to each of several
  paired,       ///< against the baseline
  enough,       ///< repetitions that would tell optimizers apart from the baseline
  sensitivity,  ///< the best value of each hyperparameter that was searched, and the range within 5 % of it
  curves,       ///< score at each value of such a hyperparameter
  budget,       ///< expected best score against the number of search points
  profile,      ///< mean ranks and performance profile over problems
  runtimes      ///< runtime distributions and data profiles over problems, trials and targets
};

/// "scores", "intervals", "expected", …
std::string_view name_of(section part);

/// What has something to say without being asked for: pairs, sensitivity to what was searched, and a profile
/// over several problems.
std::set<section> usual_sections(const comparison& compared);
std::set<section> all_sections();

/// The comparison for people: a table for each problem, as wide as output_width() says or in parts below each
/// other, a best value marked where it is told apart from all others, then what failed and why, and the other
/// sections. Sections without content are left out.
std::string comparison_text(const comparison& compared, points_shown points, const std::set<section>& shown,
                            text_style style);

/// One row for each line (scores, intervals, expected), or for each entry of another section, in full, with a
/// heading. What has no value is an empty cell.
std::string comparison_csv(const comparison& compared, section shown);

}  // namespace ravine::cli
