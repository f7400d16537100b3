#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <vector>

namespace ravine {

/// Which rows of a long curve are drawn: about `most`, which is at least 2, always the first and the last.
/// Metrics are not all measured at the same rows: those that share theirs have a share of the room, which is
/// as large as what they need where they have few, such as the curvature's, and else alike. Of more rows than
/// that, all of the first ones stay, where most happens, and evenly spaced ones after them.
std::vector<std::size_t> curve_rows(const std::vector<evaluation>& curve, std::size_t most);

}  // namespace ravine
