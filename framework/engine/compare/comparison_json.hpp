#pragma once

#include "compare/comparison.hpp"

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// All of a comparison. Values that are not finite are null: JSON has no others.
nlohmann::json to_json(const comparison& compared);

}  // namespace ravine
