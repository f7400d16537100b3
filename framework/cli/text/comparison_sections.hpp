#pragma once

#include "text/comparison_text.hpp"
#include "text/table_writer.hpp"

#include <set>
#include <string>
#include <vector>

namespace ravine::cli {

/// What stands below the table of scores of a problem.
std::string sections_text(const problem_summary& problem,
                          const std::vector<const configuration_summary*>& lines,
                          const std::set<section>& shown, const table_writer& writer);

/// What stands below all problems; empty if no problem has a target.
std::string ranks_text(const comparison& compared, const table_writer& writer);
std::string profile_text(const comparison& compared, const table_writer& writer);

}  // namespace ravine::cli
