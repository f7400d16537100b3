#pragma once

#include "store/stored.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// An experiment of which some trials have no result: they were not run yet, or interrupted.
struct unfinished_experiment {
  std::string name;
  std::uint64_t planned = 0;  ///< trials
  std::uint64_t missing = 0;  ///< of these
};

std::vector<unfinished_experiment> unfinished(std::span<const stored_experiment> experiments);

}  // namespace ravine
