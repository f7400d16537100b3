#pragma once

#include "experiment/block.hpp"
#include "experiment/mistakes.hpp"
#include "experiment/optimizer.hpp"
#include "experiment/resolve.hpp"
#include "experiment/training.hpp"

#include <span>
#include <string>

namespace ravine {

/// Reports each optimizer that has no hyperparameter lr on a problem whose training scales it.
void check_lr_scaling(std::span<const problem_draft> problems, std::span<const resolved_training> training,
                      std::span<const optimizer_draft> optimizers, mistakes& found);

}  // namespace ravine
