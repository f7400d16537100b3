#pragma once

#include "trial/plan.hpp"

#include <cstdint>

namespace ravine {

/// One of several parts that an experiment is cut into, to be run on its own.
struct part_number {
  std::uint64_t index = 1;  ///< 1 … count
  std::uint64_t count = 1;
};

/// That part of an experiment, as the manifest plans it. Every trial is in exactly one of the parts, which
/// depend on the plan and their number alone, and cost about the same. With tuning, everything of an
/// optimizer on a problem is in one part: what its search decides depends on its own trials only, so that the
/// parts need nothing of each other. There may be more parts than there is to share out; some are empty then.
plan part_of(const plan& whole, const part_number& part);

/// Gives the trials of `after`, which tuning has made of `before`, their places in the whole experiment.
/// Nothing to do where that is no part.
void keep_places(const plan& before, plan& after);

}  // namespace ravine
