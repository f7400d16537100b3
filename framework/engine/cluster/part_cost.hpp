#pragma once

#include "store/store.hpp"
#include "trial/trial_list.hpp"

#include <cstdint>
#include <vector>

namespace ravine {

/// What trials are expected to cost, one number for each. `are_seconds` if all of them go by trials of the
/// same optimizer on the same problem that have been run; else they compare trials of the same kind alone.
struct expected_costs {
  std::vector<double> of_trials;
  bool are_seconds = true;

  double total() const;
};

expected_costs costs_of(const trial_list& trials, const std::vector<measured_cost>& measured);

/// Cuts the trials into at most so many parts, which cost about the same, without changing their order: what
/// needs the same plugins and data stays together. None is empty.
std::vector<trial_list> cut(const trial_list& trials, const expected_costs& costs, std::uint64_t parts);

}  // namespace ravine
