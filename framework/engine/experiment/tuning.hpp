#pragma once

#include "experiment/halving.hpp"
#include "experiment/mistakes.hpp"
#include "experiment/plan.hpp"
#include "experiment/search.hpp"
#include "experiment/yaml_value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// How hyperparameters are tuned: every optimizer gets the same number of trials on each problem.
struct tuning_draft {
  enum class method { grid, random, sobol };

  method by = method::random;
  std::uint64_t trials = 0;  ///< points for each optimizer on each problem; a grid has its own number
  std::string metric;        ///< of data problems; landscapes are tuned by their loss
  place at;
  std::optional<halving> stop_early = {};  ///< empty: every search trial is run to its end
};

/// Reads `tuning`: {method: random, trials: 12, metric: validation_loss}. Empty, with a mistake, if it is
/// wrong.
std::optional<tuning_draft> read_tuning(const yaml_value& value, mistakes& found);

/// A point that is tried.
struct search_point {
  settings values;
  std::map<std::string, double> shares;  ///< see planned_trial
};

/// The points that are tried: all of the lists' product for a grid; else as many as asked, drawn
/// independently or from a Sobol sequence with a random shift (Cranley & Patterson 1976). They depend on the
/// seed and the axes alone: two optimizers with the same axes try the same points.
std::vector<search_point> search_points(const tuning_draft& tuning, std::span<const search_axis> axes,
                                        std::uint64_t seed);

}  // namespace ravine
