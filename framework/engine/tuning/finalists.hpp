#pragma once

#include "store/store.hpp"
#include "trial/plan.hpp"
#include "tuning/tried_points.hpp"

#include <span>
#include <vector>

namespace ravine {

/// Those of the points that were run to their end, not stopped early.
std::vector<tried_point> finished_points(std::span<const tried_point> points, const trial_list& trials);

/// The plan with the further trials of the finalists: of each optimizer on each problem, the best of the
/// points that were run to their end, as many as the plan says, or all if there are fewer. All search trials
/// have been run. Throws store_error.
plan with_finalists(const plan& searched, const store& results);

}  // namespace ravine
