#include "manifest/lr_scaling_check.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace ravine {

void check_lr_scaling(std::span<const problem_draft> problems, std::span<const resolved_training> training,
                      std::span<const optimizer_draft> optimizers, diagnostics& errors) {
  for (const optimizer_draft& each : optimizers) {
    if (!is_known(each) || has_learning_rate(each)) continue;
    const auto scaled = std::ranges::find_if(
        each.on, [&](std::size_t problem) { return training[problem].lr_reference.has_value(); });
    if (scaled == each.on.end()) continue;
    const problem_draft& problem = problems[*scaled];
    errors.add(training[*scaled].lr_reference->at,
               fmt::format("{}train.scale_lr_with_batch: {} ({}) has no hyperparameter lr to scale; keep it "
                           "off {} with on: […], or leave the rule out",
                           problem.train.lr_reference ? problem.name + "." : "", each.name, each.which->id,
                           problem.title()));
  }
}

}  // namespace ravine
