#include "options/plugin_options.hpp"

#include "options/usage.hpp"
#include "plugin/object_file.hpp"
#include "process/confinement.hpp"
#include "text/indented.hpp"
#include "text/output.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {

namespace po = boost::program_options;

void add_plugin_options(po::options_description& options) {
  options.add_options()("plugins", po::value<std::vector<std::string>>()->value_name("DIR"),
                        "look for plugins in this folder first (repeatable)");
  add_confinement_option(options);
}

void add_confinement_option(po::options_description& options) {
  options.add_options()("unconfined",
                        "let plugins do what you may do: change files, start programs, use the network "
                        "(docs/isolation.md)")(
      "allow-writable", "use plugins and folders of plugins even if others can write to them");
}

void read_confinement(const po::variables_map& options) {
  if (options.count("unconfined") != 0) set_confinement(confinement_mode::off);
  if (options.count("allow-writable") != 0) allow_plugins_writable_by_others();
  prepare_confinement();
  shield_from_other_processes();
  const std::string missing = missing_confinement();
  if (!missing.empty()) print_note("note: {}\n", missing);
}

registry load_plugins(const po::variables_map& options) { return load_plugins(options, {}); }

registry load_plugins(const po::variables_map& options, const std::filesystem::path& file) {
  read_confinement(options);
  std::vector<std::filesystem::path> folders;
  if (options.count("plugins") != 0) {
    for (const std::string& folder : options["plugins"].as<std::vector<std::string>>())
      folders.emplace_back(folder);
  }
  registry plugins;
  try {
    if (!file.empty()) plugins.load(file);
  } catch (const plugin_error& problem) {
    throw usage_error(fmt::format("{} can't be used: {}", file.string(), problem.what()));
  }
  for (const std::filesystem::path& folder : plugin_folders(folders)) plugins.scan(folder);
  for (const rejected_plugin& bad : plugins.rejected()) {
    print_note("warning: not used: {}: {}\n", bad.path.string(), indented(bad.reason, "  "));
  }
  return plugins;
}

}  // namespace ravine::cli
