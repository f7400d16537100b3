#pragma once

#include "store/store.hpp"

#include <memory>
#include <set>
#include <span>
#include <vector>

namespace ravine {

/// Leaves of a trial's curve what a comparison looks at: the first and the last point, those that are the
/// best by any score, and the first ones that meet one of the targets, which are values of the trial's target
/// metric. Neither norms nor values of hyperparameters stay. The curves of a hundred thousand trials would
/// take gigabytes.
void shorten_curve(stored_trial& trial, const std::set<double>& targets);

/// The trials of each of the files, with curves that are shortened alike. Throws store_error.
std::vector<std::vector<stored_trial>> read_shortened(std::span<const std::shared_ptr<const store>> files);

}  // namespace ravine
