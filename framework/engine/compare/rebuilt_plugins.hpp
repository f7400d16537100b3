#pragma once

#include "compare/grouping.hpp"

#include <string>
#include <vector>

namespace ravine {

/// A warning for each component that other builds of its plugin ran in other trials of the problem: by id and
/// SHA-256.
std::vector<std::string> rebuilt_plugins(const problem_group& group);

}  // namespace ravine
