#pragma once

#include "manifest/block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/optimizer.hpp"
#include "manifest/resolve.hpp"
#include "manifest/training.hpp"

#include <span>
#include <string>

namespace ravine {

/// Reports each optimizer that has no hyperparameter lr, and works around none that has, on a problem whose
/// training scales it.
void check_lr_scaling(std::span<const problem_draft> problems, std::span<const resolved_training> training,
                      std::span<const optimizer_draft> optimizers, diagnostics& errors);

}  // namespace ravine
