#pragma once

#include "plugin/registry.hpp"
#include "train/schedule.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

namespace ravine {

/// What a trial's steps go by that may depend on how long it is planned to be.
struct planned_steps {
  const optimizer_spec& by;
  const registry& plugins;
  double lr_factor = 1;  ///< as rule::setting has it
};

/// Whether the steps of `so_far`, planned for one length, would have been the same if they had been planned
/// for the other: no optimizer asks for the length, and each schedule gives the same values, and remembers
/// the same of the same evaluations. A schedule's value depends on nothing else, which the contract demands:
/// it is asked for each step of both.
bool goes_the_same_way(const planned_steps& steps, const horizon& one, const horizon& other,
                       const trial_result& so_far);

}  // namespace ravine
