#pragma once

#include "run/executor.hpp"
#include "store/store.hpp"
#include "trial/plan.hpp"

#include <cstddef>

namespace ravine {

/// Runs the trials of a plan that the results file does not hold yet. Each is saved when it ends, before the
/// listener hears of it. Throws store_error, data_error.
void run_plan(const plan& experiment, store& results, executor& by, run_listener& listener,
              const provenance& origin);

/// The trials that still have to be run, in plan order.
std::vector<planned_trial> missing_trials(const plan& experiment, const store& results);

}  // namespace ravine
