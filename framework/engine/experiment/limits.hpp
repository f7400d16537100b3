#pragma once

#include "experiment/mistakes.hpp"
#include "experiment/yaml_value.hpp"
#include "train/trial_spec.hpp"

namespace ravine {

/// Reads `limits`: {seconds: 600, memory: 2 GiB}. `value` may be null: no limits.
limits_spec read_limits(const yaml_value* value, mistakes& found);

}  // namespace ravine
