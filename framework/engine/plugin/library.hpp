#pragma once

#include "plugin/description.hpp"

#include <ravine/abi.h>

#include <filesystem>
#include <vector>

namespace ravine {

/// A plugin that may well load on another machine, or on another day: the dynamic loader lacks something that
/// it needs, or it declines to work here.
struct load_error : plugin_error {
  using plugin_error::plugin_error;
};

/// A shared object that is open in this process.
struct loaded_plugin : plugin_description {
  std::vector<const void*>
      functions;  ///< of each component: an rv_optimizer, rv_scheduler or rv_model by kind
};

/// Checks, opens and asks a shared object. It stays open until the process ends: unloading one that used
/// OpenMP or thread-local destructors crashes. Runs the plugin's code: see functions_of. Throws plugin_error
/// with the reason.
loaded_plugin load_library(const std::filesystem::path& file);

/// Follows what a plugin answered, checks it against the contract and copies it, but for the file's path and
/// digest. Throws plugin_error that names the component and field at fault.
loaded_plugin read_description(const rv_plugin* described);

}  // namespace ravine
