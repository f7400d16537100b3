#pragma once

#include "manifest/block.hpp"
#include "trial/trial_spec.hpp"

namespace ravine {

/// Reads `limits` of the manifest: {seconds: 600, memory: 2 GiB}.
limits_spec read_limits(const block& experiment);

}  // namespace ravine
