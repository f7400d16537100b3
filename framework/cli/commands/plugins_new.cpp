#include "build/template.hpp"
#include "commands/plugins.hpp"
#include "commands/plugins_namesakes.hpp"
#include "core/nearest.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "text/output.hpp"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

usage new_usage() {
  usage expected{
      .synopsis = "ravine plugins new KIND NAME [options]",
      .description =
          "Writes NAME.cpp, a short commented plugin that compiles and works, into the current folder.\n"
          "KIND is optimizer, wrapper (an optimizer around another one), scheduler, model or landscape;\n"
          "manifests refer to it as NAME. Edit the file, then run ravine plugins build.\n",
      .options = po::options_description(),
      .positional = "words"};
  expected.options.add_options()(
      "language", po::value<std::string>()->default_value("c++")->value_name("LANGUAGE"), "c++ or c")(
      "shadow", "take a name that another plugin has, which this one will be used in place of");
  add_plugin_options(expected.options);
  return expected;
}

[[noreturn]] void refuse(const std::string& what) {
  throw usage_error(what + "\nUsage: ravine plugins new KIND NAME\nSee --help.");
}

component_kind kind_of(const std::string& word) {
  if (word == "optimizer" || word == "wrapper") return component_kind::optimizer;
  return word == "scheduler" ? component_kind::scheduler : component_kind::model;
}

void require_a_new_name(const std::string& kind, const std::string& name, const registry& plugins) {
  const component* const used = plugins.find(kind_of(kind), name);
  if (used == nullptr) return;
  refuse(fmt::format("{}; a second one would hide it: take another name, or say --shadow if you want that",
                     taken_text(*used, files_that_offer(plugins, used->kind, name))));
}

}  // namespace

exit_status new_plugin(std::span<const std::string> arguments) {
  const auto options = parse(new_usage(), arguments);
  if (!options) return exit_status::ok;
  std::vector<std::string> words;
  if (options->count("words") != 0) words = (*options)["words"].as<std::vector<std::string>>();
  if (words.size() != 2) refuse("expected a kind and a name");
  if (!is_template_kind(words[0])) {
    const std::array<std::string, 5> valid{"optimizer", "wrapper", "scheduler", "model", "landscape"};
    refuse(fmt::format("found the kind {}, expected optimizer, wrapper, scheduler, model or landscape{}",
                       words[0], did_you_mean(words[0], valid)));
  }
  if (!is_plugin_name(words[1])) {
    refuse(fmt::format("found the name {}, expected lower-case letters, digits and _, a letter first",
                       words[1]));
  }
  const std::string language = (*options)["language"].as<std::string>();
  if (language != "c++" && language != "c")
    refuse(fmt::format("--language: found {}, expected c++ or c", language));
  if (options->count("shadow") == 0) require_a_new_name(words[0], words[1], load_plugins(*options));
  const auto file = write_template(find_installation(program_folder()), words[0], words[1],
                                   language == "c" ? source_language::c : source_language::cpp, "");
  print_result("{}\n", file.string());
  print_note("Next: edit it, then run  ravine plugins build {}{}\n", file.string(),
             options->count("shadow") != 0 ? " --shadow" : "");
  return exit_status::ok;
}

}  // namespace ravine::cli
