#pragma once

#include "manifest/block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/problem.hpp"
#include "trial/trial_spec.hpp"

#include <optional>
#include <vector>

namespace ravine {

/// Reads `checkpoint` of the manifest: {every: {epochs: 1}}. Empty: no checkpoints.
std::optional<located<amount>> read_checkpoint(const block& experiment);

/// Reports an interval in epochs if no problem has any.
void check_checkpoint(const std::optional<located<amount>>& every, const std::vector<problem_draft>& problems,
                      diagnostics& errors);

}  // namespace ravine
