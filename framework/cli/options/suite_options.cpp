#include "options/suite_options.hpp"

#include "options/usage.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

/// "lookahead(adam)", "./my.so" or "./my.so(adam)".
void read_optimizer(std::string_view text, suite_request& asked) {
  const std::string_view whole = text;
  bool first = true;
  do {
    const std::size_t opened = std::min(text.find('('), text.size());
    const std::string name(text.substr(0, opened));
    const bool closed = opened == text.size() || (text.back() == ')' && opened + 2 < text.size());
    if (name.empty() || !closed)
      throw wrong_value("optimizer", whole, "an id or a file, such as adam, ./my.so or 'lookahead(adam)'");
    if (std::exchange(first, false) && (name.find('/') != std::string::npos || name.ends_with(".so"))) {
      asked.file = name;
    } else {
      asked.ids.push_back(name);
    }
    text = opened == text.size() ? "" : text.substr(opened + 1, text.size() - opened - 2);
  } while (!text.empty());
}

const component* only_optimizer_in(const std::filesystem::path& file, const registry& plugins) {
  std::vector<const component*> found = plugins.all(component_kind::optimizer);
  std::erase_if(found, [&](const component* each) { return each->file->path != file; });
  if (found.size() == 1) return found.front();
  throw usage_error(fmt::format(
      "--optimizer: {} has {} optimizers, expected one; of several, name one by its id, and the folder by "
      "--plugins",
      file.string(), found.size()));
}

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
      "with --suite: the optimizer that is tuned, run, and ranked among the shipped ones; a wrapper as in "
      "'lookahead(adam)'");
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
  read_optimizer(options["optimizer"].as<std::string>(), asked);
  return asked;
}

std::vector<const component*> optimizer_of(const suite_request& asked, const registry& plugins) {
  std::vector<const component*> all;
  if (!asked.file.empty()) all.push_back(only_optimizer_in(asked.file, plugins));
  try {
    for (const std::string& id : asked.ids) all.push_back(&plugins.get(component_kind::optimizer, id));
  } catch (const plugin_error& problem) {
    throw usage_error(fmt::format("--optimizer: {}", problem.what()));
  }
  if (all.back()->can(RV_OPTIMIZER_WRAPS)) {
    throw usage_error(fmt::format(
        "--optimizer: {0} works around another optimizer; name it as in '{0}(adam)'", all.back()->id));
  }
  return all;
}

}  // namespace ravine::cli
