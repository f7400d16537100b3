#pragma once

#include "manifest/block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/problem.hpp"
#include "trial/trial_spec.hpp"

#include <optional>
#include <vector>

namespace ravine {

/// When trials save their state.
struct checkpoint_draft {
  std::optional<located<amount>> every;  ///< between two checkpoints; empty: there are none on the way
  bool at_end = false;                   ///< and where the budget ends, for a longer one
};

/// Reads `checkpoint` of the manifest: {every: {epochs: 1}, at_end: true}.
checkpoint_draft read_checkpoint(const block& experiment);

/// Reports an interval in epochs if no problem has any.
void check_checkpoint(const std::optional<located<amount>>& every, const std::vector<problem_draft>& problems,
                      diagnostics& errors);

}  // namespace ravine
