#pragma once

#include "run/executor.hpp"
#include "store/store.hpp"
#include "trial/plan.hpp"

namespace ravine {

/// Runs the trials of a plan that the results file does not hold yet, one stage of an experiment. Each is
/// saved when it ends, before the listener is told. Throws store_error, data_error.
void run_plan(const plan& experiment, store& results, executor& by, run_listener& listener,
              const provenance& origin);

/// The same for a caller who has asked the results file already which trials of the plan it lacks.
void run_plan(const plan& experiment, const trial_list& missing, store& results, executor& by,
              run_listener& listener, const provenance& origin);

}  // namespace ravine
