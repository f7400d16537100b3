#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>
#include <vector>

namespace ravine {

/// Where a trial has been in its space of parameters.
struct followed_path {
  std::vector<std::uint64_t> steps;  ///< from 0 to the last, evenly spaced but for that
  std::vector<std::vector<double>> points;
  trial_result result;
};

/// Runs a trial again: results hold no parameters, but a trial that is run again takes the same way. `steps`
/// is how many it took; at most `most` points are kept, and fewer of so many parameters that they would take
/// more than 512 MiB. Throws plugin_error if a plugin is not the one that the specification names, by its
/// SHA-256.
followed_path follow(trial_spec spec, const registry& plugins, const dataset* data, std::uint64_t steps,
                     std::size_t most);

}  // namespace ravine
