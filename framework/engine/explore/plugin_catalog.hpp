#pragma once

#include "plugin/registry.hpp"

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// What the loaded plugins offer, with everything that a page needs to make fields and sliders: `optimizers`
/// (each with whether it `wraps` another one, or `may_wrap`), `schedulers`, `models` (each with
/// `is_landscape`), the `data` that need no options, and the files that were `rejected` with the reason.
nlohmann::json plugin_catalog(const registry& plugins);

}  // namespace ravine
