#pragma once

#include "compare/summaries.hpp"
#include "store/stored.hpp"

#include <string>
#include <vector>

namespace ravine {

/// Compares stored trials; with a baseline, which is an optimizer's label, also pair by pair against that
/// one. Throws ravine::error if a stored trial can't be read, or if no problem has the baseline.
comparison compare(const std::vector<stored_trial>& trials, const std::string& baseline = "");

}  // namespace ravine
