#pragma once

#include "plugin/registry.hpp"

#include <filesystem>
#include <vector>

namespace ravine {

/// As load_plugins, but each file is first tried in a process of its own: one that ends its process while it
/// is loaded is rejected with the reason, like one that does not load. Slower; call while this process has no
/// other threads.
registry load_plugins_cautiously(const std::vector<std::filesystem::path>& given);

}  // namespace ravine
