#pragma once

#include "plugin/description.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// What came of looking at a file.
struct looked_at_plugin {
  plugin_description described;
  std::string refusal;  ///< why it can't be used, in a sentence that says what to do; "" if it can
};

/// Finds out what shared objects offer, in the order of `files`, without loading any of them into this
/// process: each is loaded by a process of its own, several side by side, which may take 5 s, 1 GiB of
/// memory, and 4 MiB for its answer. What was found out is remembered for later commands; see
/// description_cache. Call while this process has no other threads.
std::vector<looked_at_plugin> look_at_plugins(std::span<const std::filesystem::path> files);

}  // namespace ravine
