#pragma once

#include "compare/baseline.hpp"
#include "compare/summaries.hpp"
#include "store/stored.hpp"

#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Compares stored trials; with a baseline also pair by pair against that one. `family` holds the tests that
/// Holm's correction counts beside those of these trials: who leaves trials out gives family_of_tests of all
/// of them, so that no choice of what is shown makes a p-value smaller. Throws ravine::error if a stored
/// trial can't be read, or if no problem has the baseline that was asked for.
comparison compare(const std::vector<stored_trial>& trials, const baseline_choice& baseline = {},
                   std::span<const paired_test> family = {});

/// Each optimizer against the baseline on each problem. Empty if no problem has the baseline. Throws
/// ravine::error if a stored trial can't be read.
std::vector<paired_test> family_of_tests(const std::vector<stored_trial>& trials,
                                         const std::string& baseline);

}  // namespace ravine
