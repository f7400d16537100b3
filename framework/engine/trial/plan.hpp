#pragma once

#include "trial/halving.hpp"
#include "trial/search_effort.hpp"
#include "trial/stand_in.hpp"
#include "trial/trial_list.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// Where the trials of a part of an experiment stand in the whole one.
struct part_places {
  std::vector<std::uint64_t> of_trials;  ///< one for each trial of the part, ascending
  std::uint64_t whole = 0;               ///< trials of the whole, with all that tuning will add
};

/// A manifest worked out: every trial, in the order problem, optimizer, search point, repetition.
struct plan {
  std::string name;
  std::string manifest;  ///< the text as it was read, after --set
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::string baseline;  ///< label of the optimizer that the others are compared with; empty: none is fixed
  trial_list trials;     ///< without those whose hyperparameters tuning has yet to choose
  std::string tuning_metric;  ///< by which search trials with data are judged; empty without tuning
  search_effort search;  ///< how often search points are run; the trials of finalists are not planned yet
  /// How the search is cut short: its trials are those up to the first rung then, see tuning/rungs.
  std::optional<halving> stop_early;
  std::vector<stand_in> stand_ins;  ///< among the components that the trials use
  std::optional<part_places> part;  ///< empty: these are all trials of the experiment
};

}  // namespace ravine
