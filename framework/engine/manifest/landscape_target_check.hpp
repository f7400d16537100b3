#pragma once

#include "manifest/problem.hpp"

#include <string_view>

namespace ravine {

/// Checks the target of a landscape against what the landscape says of itself: a gap takes a declared
/// minimum, the start must not meet the target, and it must not lie below the minimum. `key` is the path of
/// the target's metric in messages. Returns the target without the easier values that the start meets.
target_spec check_landscape_target(const problem_draft& problem, const located<target_spec>& target,
                                   std::string_view key, diagnostics& errors);

}  // namespace ravine
