#include "compare/rebuilt_plugins.hpp"

#include "compare/stored_spec.hpp"

#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;
using digest_sets = std::map<std::string, std::set<std::string>>;  // by kind and id

void collect(const json& value, const std::string& kind, digest_sets& found) {
  if (value.is_object() && value.contains("use") && value.contains("plugin_sha256")) {
    found[kind + value["use"].get<std::string>()].insert(value["plugin_sha256"].get<std::string>());
  }
  if (!value.is_structured()) return;
  for (const auto& [key, each] : value.items()) collect(each, key == "schedule" ? "schedule " : kind, found);
}

/// All of them, as they follow one another. Trials of one line that have the same ones have the same
/// components: reading one of a thousand specifications is enough.
std::string digests_in(std::string_view spec) {
  constexpr std::string_view key = R"("plugin_sha256":")";
  std::string all;
  for (auto at = spec.find(key); at != std::string_view::npos; at = spec.find(key, at)) {
    at += key.size();
    all += spec.substr(at, spec.find('"', at) - at);
    all += ' ';
  }
  return all;
}

}  // namespace

std::vector<std::string> rebuilt_plugins(const problem_group& group) {
  digest_sets found;
  for (const trial_group& line : group.configurations) {
    std::set<std::string> seen;
    for (const repetition& each : line.repetitions) {
      if (!seen.insert(digests_in(each.trial->spec)).second) continue;
      const json spec = read_spec(*each.trial);
      collect(spec["problem"], "", found);
      collect(spec["optimizer"], "", found);
    }
  }
  std::vector<std::string> warnings;
  for (const auto& [name, digests] : found) {
    if (digests.size() < 2) continue;
    std::vector<std::string> shortened;
    for (const std::string& digest : digests) shortened.push_back(digest.substr(0, 8));
    warnings.push_back(fmt::format("{} was rebuilt between these results: builds {} of its plugin are mixed",
                                   name, fmt::join(shortened, ", ")));
  }
  return warnings;
}

}  // namespace ravine
