#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/problem.hpp"
#include "manifest/training.hpp"
#include "trial/trial_spec.hpp"

#include <string>
#include <vector>

namespace ravine {

/// How a problem is trained and evaluated: its own blocks, then the experiment's, then the defaults.
struct resolved_training {
  amount budget;
  std::vector<setting> batch_sizes;  ///< several: searched; empty on a landscape
  clip_spec clip;
  std::optional<located<std::uint64_t>> lr_reference;  ///< the batch size that lr is meant for
  evaluate_spec evaluate;
};

/// The metrics that can be a target, or tuned by, on that problem.
std::vector<std::string> metrics_of(const problem_draft& problem);

/// One for each problem. Reports what makes no sense for a problem, and what the experiment's blocks say
/// that no problem can use.
std::vector<resolved_training> resolve(const std::vector<problem_draft>& problems, const train_block& train,
                                       const evaluate_block& evaluate, diagnostics& errors);

}  // namespace ravine
