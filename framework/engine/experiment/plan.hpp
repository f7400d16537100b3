#pragma once

#include "train/trial_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ravine {

/// A trial and the hash of its content, by which stored results are found again.
struct planned_trial {
  trial_spec spec;
  std::string hash;
};

/// A manifest worked out: every trial, in the order problem, optimizer, search point, repetition.
struct plan {
  std::string name;
  std::string manifest;  ///< the text as it was read, after --set
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::vector<planned_trial> trials;
};

}  // namespace ravine
