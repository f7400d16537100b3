#pragma once

#include "manifest/block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/problem.hpp"
#include "manifest/yaml_value.hpp"
#include "trial/trial_spec.hpp"

#include <optional>
#include <vector>

namespace ravine {

/// Reads `checkpoint`: {every: {epochs: 1}}. `value` may be null: no checkpoints, and so may be its content.
std::optional<located<amount>> read_checkpoint(const yaml_value* value, diagnostics& errors);

/// Reports an interval in epochs if no problem has any.
void check_checkpoint(const std::optional<located<amount>>& every, const std::vector<problem_draft>& problems,
                      diagnostics& errors);

}  // namespace ravine
