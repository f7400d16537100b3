#pragma once

#include "core/settings.hpp"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// Settings as a JSON object, {} without any.
nlohmann::json settings_to_json(const settings& values);

/// The inverse, from text. Throws ravine::error if that is not a JSON object of hyperparameters.
settings settings_from_json(const std::string& text);

}  // namespace ravine
