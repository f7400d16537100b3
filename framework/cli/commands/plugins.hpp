#pragma once

#include "commands/command.hpp"

#include <span>
#include <string>

namespace ravine::cli {

/// What `ravine plugins validate`, `new`, `build` and `remove` do with the words that follow.
exit_status validate_plugins(std::span<const std::string> arguments);
exit_status new_plugin(std::span<const std::string> arguments);
exit_status build_plugin(std::span<const std::string> arguments);
exit_status remove_plugin(std::span<const std::string> arguments);

}  // namespace ravine::cli
