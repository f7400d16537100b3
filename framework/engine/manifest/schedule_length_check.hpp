#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/optimizer.hpp"
#include "manifest/problem.hpp"
#include "manifest/resolve.hpp"
#include "plugin/registry.hpp"

#include <span>

namespace ravine {

/// Reports each schedule that needs a length and gets none: its last stage has no `for`, and the budget does
/// not tell the number of steps.
void check_schedule_lengths(std::span<const problem_draft> problems,
                            std::span<const resolved_training> training,
                            std::span<const optimizer_draft> optimizers, const registry& plugins,
                            diagnostics& errors);

}  // namespace ravine
