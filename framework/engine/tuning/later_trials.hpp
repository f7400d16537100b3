#pragma once

#include "trial/plan.hpp"

#include <cstddef>

namespace ravine {

/// How many trials tuning will add to a plan, which depends on no result.
struct later_trials {
  std::size_t continued = 0;    ///< of search points that go on after a rung of stop_early
  std::size_t finalists = 0;    ///< further ones
  std::size_t repetitions = 0;  ///< of the points that are chosen

  std::size_t all() const { return continued + finalists + repetitions; }
};

/// Of a plan as the manifest gives it, before anything has been run.
later_trials later_trials_of(const plan& experiment);

}  // namespace ravine
