#pragma once

#include "compare/summaries.hpp"
#include "store/stored.hpp"

#include <span>

namespace ravine {

/// Notes which of these experiments, to which the trials belong, lack results, and warns of each.
void add_unfinished(comparison& compared, std::span<const stored_experiment> experiments);

}  // namespace ravine
