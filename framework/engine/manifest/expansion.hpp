#pragma once

#include "manifest/checkpoint_block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/known_tensors.hpp"
#include "manifest/optimizer.hpp"
#include "manifest/problem.hpp"
#include "manifest/resolve.hpp"
#include "manifest/tuning_block.hpp"
#include "trial/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// The most trials that a plan may have: more is a slip of the pen in a grid.
inline constexpr std::uint64_t plan_limit = 1'000'000;

/// What a plan is expanded from: checked, and free of errors.
struct experiment_draft {
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::uint64_t threads = 1;  ///< of each trial
  limits_spec limits;
  checkpoint_draft checkpoint;
  place at;  ///< of the repetitions, for a plan that is too long
  std::vector<problem_draft> problems;
  std::vector<resolved_training> training;  ///< one for each problem
  std::vector<optimizer_draft> optimizers;
  std::vector<known_tensors> tensors;  ///< of each problem that an optimizer with groups runs on
  std::string baseline;                ///< label; empty: none
  std::optional<tuning_draft> tuning;  ///< empty: every point is run with all repetitions
};

/// Every trial, in the order problem, optimizer, search point, repetition. Searched values are named
/// "lr" for a hyperparameter of the optimizer, "inner.lr", "[norm].lr", "problem.hidden",
/// "problem.data.validation" and "train.batch_size". Reports a plan that is too long, and trials that are
/// equal under different labels.
trial_list expand(const experiment_draft& draft, diagnostics& errors);

}  // namespace ravine
