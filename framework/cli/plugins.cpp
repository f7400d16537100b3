#include "command.hpp"
#include "nearest.hpp"
#include "plugin_options.hpp"
#include "text_table.hpp"
#include "usage.hpp"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

constexpr std::array kinds{component_kind::optimizer, component_kind::scheduler, component_kind::model};

usage plugins_usage() {
  usage expected{
      .synopsis = "ravine plugins [list | info ID] [options]",
      .description =
          "list    the optimizers, schedulers and models that are loaded, files that can't be used and\n"
          "        why, and components that another of the same name hides (the default)\n"
          "info    one of them: formula, paper, hyperparameters with default and range\n",
      .options = po::options_description(),
      .positional = "words"};
  add_plugin_options(expected.options);
  return expected;
}

void list(const registry& plugins) {
  for (const component_kind kind : kinds) {
    std::vector<std::vector<std::string>> rows{{fmt::format("{}s", to_string(kind)), "summary", "reference"}};
    for (const component* each : plugins.all(kind))
      rows.push_back({"  " + each->id, each->summary, each->reference});
    if (rows.size() > 1) fmt::print("{}\n", text_table(rows));
  }
  for (const shadowed_component& hidden : plugins.shadowed()) {
    fmt::print("hidden: {} {} of {}, by {}\n", to_string(hidden.kind), hidden.id, hidden.path.string(),
               hidden.by.string());
  }
  fmt::print("Searched:\n");
  for (const auto& folder : plugins.folders()) fmt::print("  {}\n", folder.string());
}

void info(const component& which) {
  fmt::print("{} ({})\n{}\n", which.id, to_string(which.kind), which.summary);
  if (!which.doc.empty()) fmt::print("\n{}\n", which.doc);
  if (!which.reference.empty()) fmt::print("\nReference: {}\n", which.reference);
  if (!which.params.empty()) {
    std::vector<std::vector<std::string>> rows{{"hyperparameter", "default", "valid", "meaning"}};
    for (const param& each : which.params) {
      rows.push_back({"  " + each.name + (each.schedulable ? "" : " (fixed)"), to_string(each.default_value),
                      each.range(), each.doc});
    }
    fmt::print("\n{}", text_table(rows));
  }
  if (which.kind == component_kind::scheduler && !which.can(RV_SCHEDULER_OBSERVES)) {
    fmt::print("\nIts curve: ravine trace --schedule {}\n", which.id);
  }
  const plugin_file& file = *which.file;
  fmt::print("\n{} {}{}, {}\n{}\nsha256 {}\n", file.name, file.version,
             file.author.empty() ? "" : ", by " + file.author,
             file.license.empty() ? "no license named" : file.license, file.path.string(), file.sha256);
}

exit_status info_of(const std::string& id, const registry& plugins) {
  std::vector<std::string> ids;
  bool found = false;
  for (const component_kind kind : kinds) {
    for (const component* each : plugins.all(kind)) ids.push_back(each->id);
    if (const component* which = plugins.find(kind, id)) {
      if (found) fmt::print("\n");
      info(*which);
      found = true;
    }
  }
  if (found) return exit_status::ok;
  const std::string meant = nearest(id, ids);
  throw usage_error(fmt::format("no plugin offers {}{}; see ravine plugins list", id,
                                meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
}

exit_status show_plugins(std::span<const std::string> arguments) {
  const auto found = parse(plugins_usage(), arguments);
  if (!found) return exit_status::ok;
  std::vector<std::string> words{"list"};
  if (found->count("words") != 0) words = (*found)["words"].as<std::vector<std::string>>();
  if (words[0] == "list" && words.size() == 1) {
    list(load_plugins(*found));
    return exit_status::ok;
  }
  if (words[0] == "info" && words.size() == 2) return info_of(words[1], load_plugins(*found));
  throw usage_error(
      "expected list, or info with one ID\nUsage: ravine plugins [list | info ID]\nSee --help.");
}

}  // namespace

const command plugins_command{"plugins", "list the loaded plugins, or describe one", &show_plugins};

}  // namespace ravine::cli
