#pragma once

#include "manifest/block.hpp"
#include "trial/halving.hpp"
#include "trial/search_effort.hpp"
#include "tuning/search_points.hpp"

#include <optional>
#include <string>

namespace ravine {

/// How hyperparameters are tuned: every optimizer gets the same number of trials on each problem.
struct tuning_draft {
  search_method search;
  search_effort effort = {};
  std::string metric;  ///< of data problems; landscapes are tuned by their loss
  place at;
  std::optional<halving> stop_early = {};  ///< empty: every search trial is run to its end
};

/// Reads `tuning` of the manifest: {method: random, trials: 12, repetitions: 3, finalists: 4}. Empty if it is
/// not there, or, with an error, if it is wrong.
std::optional<tuning_draft> read_tuning(const block& experiment);

}  // namespace ravine
