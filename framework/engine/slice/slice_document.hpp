#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A trial whose path lies on the plane, or near it.
struct sliced_trial {
  std::string label;
  trial_spec spec;
  trial_result stored;  ///< its outcome as results have it
};

enum class slice_plane {
  random,  ///< filter-normalised, through the end point of the first trial
  ends,    ///< through the end points of the first three
  path     ///< of the two first principal components of the path of the first
};

struct slice_settings {
  slice_plane through = slice_plane::random;
  std::size_t cells = 41;         ///< of the grid, each way
  std::uint64_t examples = 1000;  ///< of the training set, on which the loss is taken
  std::uint64_t seed = 1;         ///< of random directions
};

/// The loss on a plane of parameters, with the paths of all these trials, which are of one problem and are
/// run again. Keys: `problem`, `plane`, `axes` (names), `explained` (shares of the variance, or null),
/// `image` (as in the report's document: losses row by row from the lower left, at the middles of cells),
/// `paths` (columns: step, x, y, the loss at the point itself, and its distance from the plane), `notes`.
/// Plugins are called: for a process of its own. Throws ravine::error.
nlohmann::json slice_document(std::span<const sliced_trial> trials, const registry& plugins,
                              const dataset* data, const slice_settings& how);

}  // namespace ravine
