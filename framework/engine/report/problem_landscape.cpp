#include "report/problem_landscape.hpp"

#include "error.hpp"
#include "report/landscape_picture.hpp"
#include "run/sandbox.hpp"
#include "settings_json.hpp"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t cells = 128;         // of a picture, each way
constexpr std::size_t most_pictures = 10;  // of a landscape that differs with the repetition
constexpr double most_seconds = 10;        // for one picture

/// What of a stored specification says which landscape it was.
trial_spec landscape_of(const json& stored) {
  const json& problem = stored.at("problem");
  const json& model = problem.at("model");
  trial_spec spec;
  spec.problem.model = {model.at("use").get<std::string>(), settings_from_json(model.at("with").dump()),
                        model.at("plugin_sha256").get<std::string>()};
  if (problem.contains("start")) spec.problem.start = problem["start"].get<std::vector<double>>();
  if (problem.contains("instance")) {
    spec.problem.instance = {problem["instance"].at("rotate").get<bool>(),
                             problem["instance"].at("shift").get<bool>()};
  }
  spec.seed = stored.at("seed").get<std::uint64_t>();
  spec.repetition = stored.at("repetition").get<std::uint64_t>();
  return spec;
}

json draw(const trial_spec& spec, const registry& plugins) {
  const std::string text = in_sandbox(
      [&] {
        const auto picture = draw_landscape(spec, plugins, cells);
        return picture ? to_json(*picture).dump() : std::string("null");
      },
      most_seconds);
  return json::parse(text);
}

std::string note_on(const trial_spec& spec, const registry& plugins) {
  const std::string& id = spec.problem.model.use;
  const component* const found = plugins.find(component_kind::model, id);
  if (found == nullptr) return fmt::format("{} is not drawn: no plugin at hand offers it.", id);
  if (found->file->sha256 == spec.problem.model.plugin_sha256) return "";
  return fmt::format("{} is drawn by another build of its plugin than the one that gave these results.", id);
}

void add_pictures(const problem_group& group, const registry& plugins, json& all) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> drawn;
  for (const trial_group& line : group.lines) {
    for (const repetition& each : line.repetitions) {
      if (drawn.size() == most_pictures || !drawn.emplace(each.seed, each.number).second) continue;
      const trial_spec spec = landscape_of(json::parse(each.trial->spec));
      const bool same_for_all = spec.problem.instance == instance_spec{};
      json picture = draw(spec, plugins);
      if (picture.is_null()) {
        all["note"] =
            fmt::format("{} has more than two dimensions and is not drawn.", spec.problem.model.use);
        return;
      }
      if (!same_for_all) picture.update({{"seed", each.seed}, {"repetition", each.number + 1}});
      all["pictures"].push_back(std::move(picture));
      if (same_for_all) return;
    }
  }
}

}  // namespace

json problem_landscape(const problem_group& group, const registry& plugins) {
  const json stored = json::parse(group.lines.front().repetitions.front().trial->spec);
  if (stored.at("problem").contains("data")) return nullptr;
  const trial_spec spec = landscape_of(stored);
  json all{{"pictures", json::array()}, {"note", note_on(spec, plugins)}};
  if (plugins.find(component_kind::model, spec.problem.model.use) == nullptr) return all;
  try {
    add_pictures(group, plugins, all);
  } catch (const error& problem) {
    all["note"] = fmt::format("{} is not drawn: {}", spec.problem.model.use, problem.what());
  }
  return all;
}

}  // namespace ravine
