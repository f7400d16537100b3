#pragma once

#include "store/store.hpp"
#include "trial/plan.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ravine {

/// A point of a search: where its trials, one for each search repetition, stand in the plan.
struct tried_point {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t trials() const { return end - begin; }
};

/// The points of the search that begins at that trial of the plan, of one optimizer on one problem in one
/// study, in the order in which they are planned; empty if the trial is no search trial.
std::vector<tried_point> search_from(const trial_list& trials, std::size_t first);

/// The points from the best to the worst, judged by the tuning metric at the end of their trials as
/// point_scores has it; of equal ones the first comes first. All of their trials have been run. Throws
/// store_error.
std::vector<tried_point> best_first(std::span<const tried_point> points, const plan& searched,
                                    const store& results);

}  // namespace ravine
