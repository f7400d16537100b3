#pragma once

#include "store/store.hpp"
#include "trial/plan.hpp"

namespace ravine {

/// The plan with all repetitions of the best search point of each optimizer on each problem, in each study,
/// which take the place where its search ends; with finalists, the best of them. All search trials have been
/// run. Where none of the points came through, the first one is repeated, so that the failure shows. Throws
/// store_error.
plan with_tuned_results(const plan& searched, const store& results);

}  // namespace ravine
