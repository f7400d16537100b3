#pragma once

#include "plugin/registry.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// Adds --plugins, which every command that loads plugins takes.
void add_plugin_options(boost::program_options::options_description& options);

/// Loads all plugins. Tells on standard error which files can't be used.
registry load_plugins(const boost::program_options::variables_map& options);

}  // namespace ravine::cli
