#pragma once

#include "manifest/block.hpp"
#include "trial/halving.hpp"
#include "tuning/search_points.hpp"

#include <optional>
#include <string>

namespace ravine {

/// How hyperparameters are tuned: every optimizer gets the same number of trials on each problem.
struct tuning_draft {
  search_method search;
  std::string metric;  ///< of data problems; landscapes are tuned by their loss
  place at;
  std::optional<halving> stop_early = {};  ///< empty: every search trial is run to its end
};

/// Reads `tuning` of the manifest: {method: random, trials: 12, metric: validation_loss}. Empty if it is not
/// there, or, with an error, if it is wrong.
std::optional<tuning_draft> read_tuning(const block& experiment);

}  // namespace ravine
