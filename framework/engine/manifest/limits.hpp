#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "trial/trial_spec.hpp"

namespace ravine {

/// Reads `limits`: {seconds: 600, memory: 2 GiB}. `value` may be null: no limits.
limits_spec read_limits(const yaml_value* value, diagnostics& errors);

}  // namespace ravine
