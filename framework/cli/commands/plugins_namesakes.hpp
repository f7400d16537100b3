#pragma once

#include "plugin/registry.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::cli {

/// The files that offer a component of that kind and id, in the order in which they were found: the first one
/// is used.
std::vector<std::filesystem::path> files_that_offer(const registry& plugins, component_kind kind,
                                                    std::string_view id);

/// Of files that offer a component, the one that a message names: Ravine's own rather than any other. `files`
/// is not empty.
const std::filesystem::path& most_telling(const std::vector<std::filesystem::path>& files);

/// "Ravine has an optimizer adam of its own (FILE)", or "there is an optimizer mine already, in FILE", of a
/// component and the other files that offer one of its kind and id.
std::string taken_text(const component& which, const std::vector<std::filesystem::path>& files);

/// "Ravine's own (FILE)", or "that of FILE".
std::string owner_text(const std::filesystem::path& file);

}  // namespace ravine::cli
