#pragma once

#include "text/comparison_text.hpp"
#include "text/table_writer.hpp"

#include <string>
#include <vector>

namespace ravine::cli {

/// "10/10", or "10/10, 7 escaped later" if trials lost the target again.
std::string reached_text(const time_to_target& times);

/// Expected cost to each of several targets; at most six of them. Empty if there is but one.
std::string targets_text(const problem_summary& problem,
                         const std::vector<const configuration_summary*>& lines, const table_writer& writer);

/// Runtime distributions and data profiles, below all problems. Empty without targets.
std::string runtimes_text(const comparison& compared, const table_writer& writer);

}  // namespace ravine::cli
