#pragma once

#include "store/store.hpp"
#include "trial/plan.hpp"

#include <cstddef>

namespace ravine {

/// The plan after a rung of stop_early (0-based), whose trials have all been run: of each optimizer on each
/// problem, the points that go on are planned up to the next rung or to their end, in place of the trials
/// that brought them there. Every optimizer loses the same share of its points. What goes on depends on
/// results alone, not on the order in which they came: on all trials of a point, see best_first. Throws
/// store_error.
plan after_rung(const plan& searched, std::size_t rung, const store& results);

}  // namespace ravine
