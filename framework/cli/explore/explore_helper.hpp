#pragma once

#include "commands/command.hpp"

#include <string>
#include <vector>

namespace ravine::cli {

/// The word that makes `ravine explore` the helper of a server.
inline constexpr const char* helper_word = "--helper";

/// The helper's life: looks at the plugins, says what they offer, and answers requests, one JSON object a
/// line, until its input ends. Each answer is a line: "ok JSON", "event JSON" before that, "refused TEXT as
/// JSON" for what can't be done, "failed TEXT as JSON" for what went wrong.
exit_status serve_as_helper(const std::vector<std::string>& folders);

}  // namespace ravine::cli
