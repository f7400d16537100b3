#include "options/plugin_options.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {

namespace po = boost::program_options;

void add_plugin_options(po::options_description& options) {
  options.add_options()("plugins", po::value<std::vector<std::string>>()->value_name("DIR"),
                        "look for plugins in this folder first (repeatable)");
}

registry load_plugins(const po::variables_map& options) {
  std::vector<std::filesystem::path> folders;
  if (options.count("plugins") != 0) {
    for (const std::string& folder : options["plugins"].as<std::vector<std::string>>())
      folders.emplace_back(folder);
  }
  registry plugins = ravine::load_plugins(folders);
  for (const rejected_plugin& bad : plugins.rejected()) {
    fmt::print(stderr, "warning: not used: {}: {}\n", bad.path.string(), bad.reason);
  }
  return plugins;
}

}  // namespace ravine::cli
