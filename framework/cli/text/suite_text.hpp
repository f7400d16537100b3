#pragma once

#include "compare/suite_standings.hpp"

#include <span>
#include <string>

namespace ravine::cli {

/// Where an optimizer stands among the baselines of a suite: over all problems, then its own place on each.
/// `lines` are those of all of them, the optimizer's own called `label`.
std::string suite_text(const suite_baselines& baselines, std::span<const suite_line> lines,
                       const std::string& label);

}  // namespace ravine::cli
