#pragma once

#include "compare/summaries.hpp"

namespace ravine {

/// Adds a warning if trials met the target before their first step: it says nothing of the optimizer then.
void warn_of_targets_met_at_start(problem_summary& problem);

}  // namespace ravine
