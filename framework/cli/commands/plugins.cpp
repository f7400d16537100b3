#include "commands/plugins.hpp"

#include "commands/command.hpp"
#include "commands/plugins_namesakes.hpp"
#include "core/nearest.hpp"
#include "core/printable.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "plugin/instance.hpp"
#include "plugin/tensors.hpp"
#include "process/sandbox.hpp"
#include "text/output.hpp"
#include "text/text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

constexpr double seconds_to_tell = 5;

usage plugins_usage() {
  usage expected{
      .synopsis =
          "ravine plugins [list | info ID | validate FILE.so… | new KIND NAME | build FILE | remove ID] "
          "[options]",
      .description =
          "list      list optimizers, schedulers, models and landscapes, files that were rejected and why,\n"
          "          and components hidden by another of the same name, which has a * (default)\n"
          "info      describe one: formula, paper, hyperparameters with default and range\n"
          "validate  check whether a shared object honours the plugin contract\n"
          "new       write a commented source file to start from\n"
          "build     compile a source file, check it, and install it for every later command\n"
          "remove    remove a plugin that build has installed\n\n"
          "validate, new, build and remove have a --help of their own. Options of list and info:\n",
      .options = po::options_description(),
      .positional = "words"};
  add_plugin_options(expected.options);
  return expected;
}

bool is_landscape(const component& which) { return word_for(which) == "landscape"; }

void list(const registry& plugins) {
  // In the order of component_kinds; landscapes are models to the contract, and something else to those who
  // read the list.
  std::vector<std::pair<std::string, std::vector<std::vector<std::string>>>> sections{
      {"optimizers", {}}, {"schedulers", {}}, {"models", {}}, {"landscapes", {}}};
  for (std::size_t kind = 0; kind < component_kinds.size(); ++kind) {
    for (const component* each : plugins.all(component_kinds[kind])) {
      auto& rows = sections[is_landscape(*each) ? 3 : kind].second;
      const char* const mark = plugins.shadowed_by(*each) == nullptr ? "" : " *";
      rows.push_back({"  " + each->id + mark, each->summary, each->reference});
    }
  }
  for (auto& [title, rows] : sections) {
    if (rows.empty()) continue;
    rows.insert(rows.begin(), {title, "summary", "reference"});
    print_result("{}\n", text_table(rows));
  }
  for (const shadowed_component& hidden : plugins.shadowed()) {
    print_result("hidden: the {} {} of {}{}, by that of {}{}\n", hidden.word, hidden.id, hidden.path.string(),
                 hidden.is_shipped ? " (Ravine's own)" : "", hidden.by.string(),
                 hidden.is_alike ? ", which is the same" : "");
  }
  print_result("Searched:\n");
  for (const auto& folder : plugins.folders()) print_result("  {}\n", folder.string());
  if (shipped_plugin_folder().empty()) {
    print_result("  none of Ravine's own: there is no share/ravine/installation.json beside the program\n");
  }
}

std::string as_text(const double* point, std::size_t dimension) {
  return fmt::format("({})", fmt::join(std::span(point, dimension), ", "));
}

/// What a landscape is like with its default hyperparameters. Calls the plugin.
std::string landscape_text(const component& which) {
  const model made(which, nullptr, which.complete({}), RV_F64);
  const rv_landscape& facts = *made.landscape();
  const std::size_t n = facts.dimension;
  std::string text = fmt::format("\nbox      {} to {}\nstart    {}\n", as_text(facts.lower, n),
                                 as_text(facts.upper, n), as_text(facts.start, n));
  for (std::size_t k = 0; k < facts.minima_count; ++k) {
    text += fmt::format("minimum  {} at {}\n", facts.minimum, as_text(facts.minima + k * n, n));
  }
  if ((facts.flags & RV_LANDSCAPE_UNBOUNDED_BELOW) != 0) text += "unbounded below\n";
  return text;
}

void print_landscape(const component& which) {
  try {
    print_result("{}", in_sandbox([&] { return landscape_text(which); }, seconds_to_tell));
  } catch (const error& problem) {
    print_result("\nIts box and minima are not known: {}\n", problem.what());
  }
}

/// The names and roles of a model's tensors with its default hyperparameters, which groups select. Calls the
/// plugin.
std::string tensor_text(const component& which) {
  std::vector<std::vector<std::string>> rows{{"tensor", "role"}};
  for (const tensor_fact& each : tensors_of(which, which.complete({}))) {
    rows.push_back({"  " + printable(each.name), each.role});
  }
  return '\n' + text_table(rows);
}

void print_tensors(const component& which) {
  try {
    print_result("{}", in_sandbox([&] { return tensor_text(which); }, seconds_to_tell));
  } catch (const error& problem) {
    print_result("\nIts tensors are not known: {}\n", problem.what());
  }
}

void info(const component& which, const registry& plugins) {
  print_result("{} ({})\n{}\n", which.id, word_for(which), printable(which.summary));
  if (!which.doc.empty()) print_result("\n{}\n", which.doc);
  if (!which.reference.empty()) print_result("\nReference: {}\n", printable(which.reference));
  if (!which.hyperparameters.empty()) {
    std::vector<std::vector<std::string>> rows{{"hyperparameter", "default", "valid", "meaning"}};
    for (const hyperparameter& each : which.hyperparameters) {
      const bool must_be_given = each.type == hyperparameter_type::file;
      rows.push_back({"  " + each.name + (each.schedulable ? "" : " (fixed)"),
                      must_be_given ? "must be given" : to_string(each.default_value), each.range(),
                      each.doc});
    }
    print_result("\n{}", text_table(rows));
  }
  if (is_landscape(which)) print_landscape(which);
  const bool from_file = std::ranges::any_of(which.hyperparameters, [](const hyperparameter& each) {
    return each.type == hyperparameter_type::file;
  });
  if (which.kind == component_kind::model && !is_landscape(which) && !from_file) print_tensors(which);
  if (which.kind == component_kind::scheduler && !which.can(RV_SCHEDULER_OBSERVES)) {
    print_result("\nIts curve: ravine trace --schedule {}\n", which.id);
  }
  const plugin_file& file = *which.file;
  print_result("\n{} {}{}, {}\n{}\nsha256 {}\n", printable(file.name), printable(file.version),
               file.author.empty() ? "" : ", by " + printable(file.author),
               file.license.empty() ? "no license named" : printable(file.license), file.path.string(),
               file.sha256);
  if (const shadowed_component* const hidden = plugins.shadowed_by(which))
    print_result("in place of {}\n", owner_text(hidden->path));
}

exit_status info_of(const std::string& id, const registry& plugins) {
  std::vector<std::string> ids;
  bool found = false;
  for (const component_kind kind : component_kinds) {
    for (const component* each : plugins.all(kind)) ids.push_back(each->id);
    if (const component* which = plugins.find(kind, id)) {
      if (found) print_result("\n");
      info(*which, plugins);
      found = true;
    }
  }
  if (found) return exit_status::ok;
  throw usage_error(
      fmt::format("no plugin offers {}{}\nSee ravine plugins list.", id, did_you_mean(id, ids)));
}

exit_status show_plugins(std::span<const std::string> arguments) {
  if (!arguments.empty()) {
    const auto rest = arguments.subspan(1);
    if (arguments[0] == "validate") return validate_plugins(rest);
    if (arguments[0] == "new") return new_plugin(rest);
    if (arguments[0] == "build") return build_plugin(rest);
    if (arguments[0] == "remove") return remove_plugin(rest);
  }
  const auto options = parse(plugins_usage(), arguments);
  if (!options) return exit_status::ok;
  std::vector<std::string> words{"list"};
  if (options->count("words") != 0) words = (*options)["words"].as<std::vector<std::string>>();
  if (words[0] == "list" && words.size() == 1) {
    list(load_plugins(*options));
    return exit_status::ok;
  }
  if (words[0] == "info" && words.size() == 2) return info_of(words[1], load_plugins(*options));
  throw usage_error(
      "expected list, info with one ID, validate, new, build or remove\nUsage: ravine plugins [list | info "
      "ID | validate FILE.so… | new KIND NAME | build FILE | remove ID]\nSee --help.");
}

}  // namespace

const command plugins_command{"plugins", "list, describe, create, build, validate and remove plugins",
                              &show_plugins};

}  // namespace ravine::cli
