#include "commands/plugins.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "text/json_text.hpp"
#include "text/output.hpp"
#include "text/validation_text.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

usage validate_usage() {
  usage expected{.synopsis = "ravine plugins validate FILE.so… [options]",
                 .description =
                     "Checks whether shared objects honour the plugin contract: symbols, description, "
                     "hyperparameters across\n"
                     "their ranges, arrays of all sizes and both types in guarded memory, hostile gradients, "
                     "bitwise repeatability\n"
                     "(also in slices and after a checkpoint), many instances, older and newer hosts; for "
                     "models the gradient, for\n"
                     "schedules the order of calls. Each check runs in its own process. The exit status is 1 "
                     "if any fails.\n",
                 .options = po::options_description(),
                 .positional = "files"};
  expected.options.add_options()(
      "format", po::value<std::string>()->default_value("text")->value_name("FORMAT"), "text or json")(
      "time-limit",
      po::value<double>()->default_value(default_check_limit.count(), "10")->value_name("SECONDS"),
      "time limit of each check")("failures", "show only the checks that fail");
  add_confinement_option(expected.options);
  return expected;
}

}  // namespace

exit_status validate_plugins(std::span<const std::string> arguments) {
  const auto options = parse(validate_usage(), arguments);
  if (!options) return exit_status::ok;
  read_confinement(*options);
  if (options->count("files") == 0)
    throw usage_error("a shared object is missing\nUsage: ravine plugins validate FILE.so…\nSee --help.");
  const std::string format = read_choice(*options, "format", {"text", "json"});
  const std::chrono::duration<double> limit((*options)["time-limit"].as<double>());
  if (!(limit.count() > 0) || !std::isfinite(limit.count()) || limit.count() > 86400) {
    throw wrong_value("time-limit", limit.count(), "seconds > 0 and <= 86400");
  }
  const detail wanted = options->count("failures") != 0 ? detail::failures : detail::all_checks;
  auto all = nlohmann::json::array();
  bool passed = true;
  for (const std::string& file : (*options)["files"].as<std::vector<std::string>>()) {
    const validation made = validate_plugin(file, limit);
    passed = passed && made.passed();
    if (format == "json") {
      all.push_back(validation_json(made));
    } else {
      write_result(validation_text(made, wanted));
    }
  }
  if (format == "json") write_result(json_text(all));
  return passed ? exit_status::ok : exit_status::trial_failed;
}

}  // namespace ravine::cli
