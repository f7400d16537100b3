#include "manifest/suite.hpp"

#include "core/nearest.hpp"
#include "manifest/manifest.hpp"
#include "manifest/search.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/installation.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

std::string title_of(const fs::path& manifest) {
  std::ifstream in(manifest, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  try {
    const yaml_value root = parse_yaml(text);
    if (const yaml_value* const name = root.find("name"); name != nullptr && name->is_scalar())
      return name->text;
  } catch (const yaml_error& problem) {
    throw error(fmt::format("{}:{}: {}", manifest.string(), problem.at.line, problem.what()));
  }
  throw error(fmt::format("{}: expected the name of the suite with its version, such as name: {}-1",
                          manifest.string(), manifest.stem().string()));
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->path().extension() == ".yaml") names.push_back(entry->path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

bool is_searched(const component& optimizer) {
  return std::ranges::any_of(optimizer.hyperparameters,
                             [](const hyperparameter& each) { return declared_range(each).has_value(); });
}

/// {use: lookahead, search: default, inner: {use: adam, search: default}}
std::string entry_of(std::span<const component* const> optimizer) {
  std::string text = "{use: " + optimizer.front()->id;
  if (is_searched(*optimizer.front())) text += ", search: default";
  if (optimizer.size() > 1) text += ", inner: " + entry_of(optimizer.subspan(1));
  return text + '}';
}

}  // namespace

suite find_suite(const std::string& name) {
  const fs::path folder = find_installation(program_folder()).suites;
  const std::vector<std::string> names = names_in(folder);
  if (names.empty())
    throw error(fmt::format("{}: there are no suites; install Ravine again", folder.string()));
  if (std::ranges::find(names, name) == names.end())
    throw error(fmt::format("there is no suite {}{}", name, expected_name(name, names, "there are:")));
  const fs::path manifest = folder / (name + ".yaml");
  return {name, title_of(manifest), manifest, folder / (name + ".csv")};
}

plan suite_plan(const suite& of, std::span<const component* const> optimizer,
                std::vector<std::string> overrides, const registry& plugins) {
  std::vector<std::string> ids;
  for (const component* each : optimizer) ids.push_back(each->id);
  std::string entry = entry_of(optimizer);
  if (ids.size() > 1)
    entry.insert(1, fmt::format("label: {}{}, ", fmt::join(ids, "("), std::string(ids.size() - 1, ')')));
  std::vector<std::string> all{fmt::format("name={}-{}", of.title, fmt::join(ids, "-")),
                               fmt::format("optimizers=[{}]", entry)};
  std::ranges::move(overrides, std::back_inserter(all));
  return load_manifest(of.manifest, all, plugins);
}

}  // namespace ravine
