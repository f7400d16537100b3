#pragma once

#include "core/settings.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// One repetition of a line. Repetitions of different lines with the same seed and number are paired: same
/// initial parameters, same batches.
struct repetition {
  std::uint64_t seed = 0;
  std::uint64_t number = 0;
  const stored_trial* trial = nullptr;
};

/// The repetitions of one optimizer at one search point on one problem, by seed and number.
struct trial_group {
  std::string optimizer;  ///< label, unique together with the point
  settings point;
  trial_role role = trial_role::result;  ///< a point that tuning tried is a line apart from its repetitions
  std::vector<repetition> repetitions;
  /// Of a line whose whole tuning was repeated, the point that each study chose; else empty. `point` is empty
  /// then.
  std::vector<settings> studies = {};
};

/// What is compared with each other: the lines of one problem, in the order of the plans.
struct problem_group {
  std::string problem;  ///< label, unique
  std::vector<trial_group> configurations;
  /// Trials that were found before, as other files or experiments have them, too; each after the one that
  /// counts. None of them was interrupted.
  std::vector<std::pair<const stored_trial*, const stored_trial*>> repeated = {};
};

/// Sorts trials, which may come from several experiments and files, into problems and lines; they are pointed
/// to, so keep them. The same trial found twice counts once: as it is found first, or first found
/// uninterrupted. Where experiments mean different things by one label, the experiment's name is added to it,
/// or else the optimizer's digest: "adam (lr-sweep)". Problems differ if model, data, number type, start,
/// budget, clipping or target do (not what is searched over); lines if anything else but the seed and the
/// repetition does. Throws ravine::error if a specification does not parse.
std::vector<problem_group> group_trials(const std::vector<stored_trial>& trials);

}  // namespace ravine
