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

/// The points of the search that begins at that trial of the plan, of one optimizer on one problem, in the
/// order in which they are planned; empty if the trial is no search trial.
std::vector<tried_point> search_from(const trial_list& trials, std::size_t first);

/// The points from the best to the worst; of equal ones the first comes first. A point is judged by the mean
/// of the tuning metric at the end of its trials; where a point failed in some of its trials and not in all,
/// all of these points are judged by their medians instead, in which a failure is worse than any number. All
/// of their trials have been run. Throws store_error.
std::vector<tried_point> best_first(std::span<const tried_point> points, const plan& searched,
                                    const store& results);

}  // namespace ravine
