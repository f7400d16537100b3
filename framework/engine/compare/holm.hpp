#pragma once

#include <span>
#include <vector>

namespace ravine {

/// Holm's step-down correction (Holm 1979): p-values adjusted for a family of tests, in the order given.
/// Rejecting what is at most alpha keeps the chance of any false rejection below alpha. NaN stays NaN and
/// does not count towards the family.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace ravine
