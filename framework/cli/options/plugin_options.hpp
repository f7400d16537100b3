#pragma once

#include "plugin/registry.hpp"

#include <filesystem>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// Adds --plugins, --unconfined and --allow-writable, which every command that loads plugins takes.
void add_plugin_options(boost::program_options::options_description& options);
/// The same without --plugins, for commands that are given the plugins' files.
void add_confinement_option(boost::program_options::options_description& options);

/// What plugins may do from now on, as --unconfined says, and which are used, as --allow-writable does; tells
/// on standard error what this system can't keep them from. Part of load_plugins.
void read_confinement(const boost::program_options::variables_map& options);

/// Loads all plugins. Tells on standard error which files can't be used.
registry load_plugins(const boost::program_options::variables_map& options);
/// The same, and before them that file. Throws usage_error if it can't be used.
registry load_plugins(const boost::program_options::variables_map& options,
                      const std::filesystem::path& file);

}  // namespace ravine::cli
