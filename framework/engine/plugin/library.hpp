#pragma once

#include "plugin/component.hpp"

#include <ravine/abi.h>

#include <filesystem>
#include <vector>

namespace ravine {

/// What a shared object holds, copied and checked.
struct loaded_plugin {
  plugin_file file;
  std::vector<component> components;  ///< component::file not yet set
};

/// Checks, opens and asks a shared object. It stays open until the process ends: unloading one that used
/// OpenMP or thread-local destructors crashes. Throws plugin_error with the reason.
loaded_plugin load_library(const std::filesystem::path& file);

/// Checks a plugin's description against the contract and copies it. Throws plugin_error that names the
/// component and field at fault.
loaded_plugin read_description(const rv_plugin* described, const std::filesystem::path& file);

}  // namespace ravine
