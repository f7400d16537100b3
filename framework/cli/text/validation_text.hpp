#pragma once

#include "validate/validate.hpp"

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace ravine::cli {

enum class detail { all_checks, failures };

/// A line a check, hints below those that failed, and a line of totals. Checks that fail for the same reason
/// are shown once.
std::string validation_text(const validation& shown, detail wanted);

/// {"file", "passed", "seconds", "checks": [{"component", "check", "verdict", "promise", "reason", "hint",
/// "same_as", "seconds"}]}
nlohmann::json validation_json(const validation& shown);

}  // namespace ravine::cli
