#include "manifest/suite.hpp"

#include "core/file_kind.hpp"
#include "core/nearest.hpp"
#include "manifest/grammar.hpp"
#include "manifest/manifest.hpp"
#include "manifest/search.hpp"
#include "manifest/values.hpp"
#include "plugin/installation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// What the user of a suite may still say. All else would make other trials than those of the baselines.
constexpr std::array<std::string_view, 6> left_to_the_user{"name",     "description", "optimizers",
                                                           "baseline", "limits",      "checkpoint"};

bool is_left_to_the_user(std::string_view key) {
  return std::ranges::find(left_to_the_user, key) != left_to_the_user.end();
}

yaml_value read_yaml(const fs::path& manifest) {
  const std::string instead = found_instead_of_file(manifest);
  if (!instead.empty())
    throw error(fmt::format("{}: found {}, expected a regular file", manifest.string(), instead));
  std::ifstream in(manifest, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  try {
    return parse_yaml(text);
  } catch (const yaml_error& problem) {
    throw error(fmt::format("{}:{}: {}", manifest.string(), problem.at.line, problem.what()));
  }
}

std::string title_of(const fs::path& manifest) {
  const yaml_value root = read_yaml(manifest);
  if (const yaml_value* const name = root.find("name"); name != nullptr && name->is_scalar())
    return name->text;
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

bool insert_suite(yaml_value& manifest, diagnostics& errors) {
  const yaml_value* const named = manifest.find("suite");
  if (named == nullptr) return false;
  const auto name = read_text(*named, "suite", errors);
  if (!name) return false;
  yaml_value all;
  try {
    all = read_yaml(find_suite(*name).manifest);
  } catch (const error& problem) {
    errors.add(named->at, fmt::format("suite: {}", problem.what()));
    return false;
  }
  yaml_value merged = manifest;
  merged.keys.clear();
  merged.items.clear();
  for (std::size_t i = 0; i < manifest.keys.size(); ++i) {
    const yaml_value& key = manifest.keys[i];
    if (key.text == "suite") continue;
    if (grammar::manifest.find(key.text) != nullptr && !is_left_to_the_user(key.text)) {
      errors.add(
          key.at,
          fmt::format("{}: the suite {} fixes it, so that its results can be compared; leave it out, or "
                      "leave out the suite",
                      key.text, *name));
      continue;
    }
    merged.keys.push_back(key);
    merged.items.push_back(manifest.items[i]);
  }
  for (std::size_t i = 0; i < all.keys.size(); ++i) {
    if (is_left_to_the_user(all.keys[i].text)) continue;
    merged.keys.push_back(all.keys[i]);
    merged.items.push_back(all.items[i]);
  }
  manifest = std::move(merged);
  return true;
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
