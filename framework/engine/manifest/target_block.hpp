#pragma once

#include "manifest/block.hpp"
#include "trial/trial_spec.hpp"

#include <optional>
#include <vector>

namespace ravine {

/// `target` of an `evaluate` block, in the order in which metrics were written; empty if it is not there, and
/// without any metric where it is null. Of several values of a metric the hardest is the target.
std::optional<std::vector<located<target_spec>>> read_targets(const block& evaluate);

}  // namespace ravine
