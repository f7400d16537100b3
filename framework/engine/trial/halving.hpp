#pragma once

#include "trial/trial_spec.hpp"

#include <cstdint>
#include <vector>

namespace ravine {

/// Successive halving (Jamieson & Talwalkar 2016, arXiv:1502.07943): of the search points that have come to a
/// rung, the best one in `factor` goes on to the next.
struct halving {
  std::uint64_t factor = 3;
  std::uint64_t rungs = 2;  ///< before the whole budget

  bool operator==(const halving&) const = default;
};

/// Where the trials of a budget have to prove themselves: the budget over factor ^ rungs, …, over factor,
/// each rounded up to whole epochs, steps or evaluations, without those that are not below the next.
std::vector<amount> rungs_of(const amount& budget, const halving& how);

/// How many of so many points go on: one in `factor`, rounded up.
std::size_t survivors_of(std::size_t points, const halving& how);

}  // namespace ravine
