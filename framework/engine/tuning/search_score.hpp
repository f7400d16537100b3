#pragma once

#include "store/store.hpp"
#include "trial/plan.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace ravine {

/// What a search trial is judged by: the metric of the tuning at its end, as a number of which less is
/// better. Empty if it failed. Throws store_error.
std::optional<double> search_score(const planned_trial& trial, const plan& searched, const store& results);

/// The end of the search trials, from `first` on, that are of one optimizer on one problem.
std::size_t end_of_search(const trial_list& trials, std::size_t first);

}  // namespace ravine
