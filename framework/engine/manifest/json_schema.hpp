#pragma once

#include "plugin/registry.hpp"

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A JSON Schema (2020-12) of manifests for editors, with the hyperparameters of the plugins that are loaded.
/// What the reader accepts, it accepts; what takes more than one key to judge is left to the reader.
nlohmann::json manifest_schema(const registry& plugins);

}  // namespace ravine
