#pragma once

#include "compare/comparison.hpp"

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// All of a comparison. JSON has no numbers that are not finite: they are the texts "inf", "-inf" and "nan",
/// as in results files; nan is a statistic that has no value here, such as the deviation of a single score.
/// Null is what there is none of: a target, or times to it.
nlohmann::json to_json(const comparison& compared);

}  // namespace ravine
