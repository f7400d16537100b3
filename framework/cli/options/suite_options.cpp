#include "options/suite_options.hpp"

#include "options/usage.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

/// A suite is frozen: only the optimizer may be set.
void check_settings(const std::vector<std::string>& settings) {
  for (const std::string& each : settings) {
    if (each.starts_with("optimizers.") || each.starts_with("optimizers[")) continue;
    throw usage_error(
        fmt::format("--set {}: a suite is the same for all; expected a setting of the optimizer, such as "
                    "optimizers[0].with.lr=0.1",
                    each));
  }
}

}  // namespace

void add_suite_options(po::options_description& options) {
  options.add_options()("suite", po::value<std::string>()->value_name("NAME"),
                        "in place of a manifest: the problems of a suite, such as landscapes")(
      "optimizer", po::value<std::string>()->value_name("ID|FILE.so"),
      "with --suite: the optimizer that is tuned, run, and compared with the shipped ones");
}

std::optional<suite_request> read_suite(const po::variables_map& options) {
  const bool suite = options.count("suite") != 0, optimizer = options.count("optimizer") != 0;
  if (!suite && !optimizer) return std::nullopt;
  if (!suite || !optimizer || options.count("manifest") != 0 || options.count("part") != 0)
    throw usage_error(
        "--suite and --optimizer go together, without a manifest or a part of one\n"
        "Usage: ravine run --suite NAME --optimizer ID|FILE.so [options]");
  check_settings(texts_of(options, "set"));
  suite_request asked;
  try {
    asked.of = find_suite(options["suite"].as<std::string>());
  } catch (const error& problem) {
    throw usage_error(fmt::format("--suite: {}", problem.what()));
  }
  const auto optimizer_text = options["optimizer"].as<std::string>();
  const bool is_file = optimizer_text.find('/') != std::string::npos || optimizer_text.ends_with(".so");
  if (is_file) {
    asked.file = optimizer_text;
  } else {
    asked.optimizer = optimizer_text;
  }
  return asked;
}

const component& optimizer_of(const suite_request& asked, const registry& plugins) {
  if (asked.file.empty()) {
    try {
      return plugins.get(component_kind::optimizer, asked.optimizer);
    } catch (const plugin_error& problem) {
      throw usage_error(fmt::format("--optimizer: {}", problem.what()));
    }
  }
  std::vector<const component*> found = plugins.all(component_kind::optimizer);
  std::erase_if(found, [&](const component* each) { return each->file->path != asked.file; });
  if (found.size() == 1) return *found.front();
  throw usage_error(fmt::format(
      "--optimizer: {} has {} optimizers, expected one; of several, name one by its id, and the folder by "
      "--plugins",
      asked.file.string(), found.size()));
}

}  // namespace ravine::cli
