#include "commands/command.hpp"
#include "manifest/json_schema.hpp"
#include "manifest/manifest_page.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "text/json_text.hpp"
#include "text/output.hpp"

#include <string>

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

usage schema_usage() {
  usage expected{
      .synopsis = "ravine schema [options]",
      .description =
          "Prints a JSON Schema of manifests, with the hyperparameters of all plugins that are found, for "
          "editors\n"
          "that complete and check YAML. Such an editor reads it where the manifest's first line says so:\n"
          "  # yaml-language-server: $schema=ravine.schema.json\n"
          "With --format markdown it prints the reference of all keys instead, which is docs/manifest.md.\n",
      .options = boost::program_options::options_description()};
  expected.options.add_options()(
      "format", boost::program_options::value<std::string>()->default_value("json")->value_name("FORMAT"),
      "json or markdown");
  add_plugin_options(expected.options);
  return expected;
}

exit_status print_schema(std::span<const std::string> arguments) {
  const auto options = parse(schema_usage(), arguments);
  if (!options) return exit_status::ok;
  if (read_choice(*options, "format", {"json", "markdown"}) == "markdown") {
    write_result(manifest_page());
  } else {
    write_result(json_text(manifest_schema(load_plugins(*options))));
  }
  return exit_status::ok;
}

}  // namespace

const command schema_command{"schema", "print a JSON Schema of manifests for editors", &print_schema};

}  // namespace ravine::cli
