#include "report/problem_landscape.hpp"

#include "compare/stored_spec.hpp"
#include "core/error.hpp"
#include "core/settings_json.hpp"
#include "process/sandbox.hpp"
#include "report/landscape_image.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t cells = 128;       // of an image, each way
constexpr std::size_t most_images = 10;  // of a landscape that differs with the repetition
constexpr double most_seconds = 10;      // for one image

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

json draw(const trial_spec& spec, const registry& plugins, const std::optional<image_frame>& frame = {}) {
  const std::string text = in_sandbox(
      [&] {
        const auto image = draw_landscape(spec, plugins, cells, frame);
        return image ? to_json(*image).dump() : std::string("null");
      },
      most_seconds);
  return json::parse(text);
}

/// Where all paths within the box are, with room around them; empty if that is most of the box. Of one
/// repetition alone where `only` names its seed and number, since there the landscape differs with it.
std::optional<image_frame> closeup(const problem_group& group, std::span<const std::size_t> chosen,
                                   const image_frame& box,
                                   const std::optional<std::pair<std::uint64_t, std::uint64_t>>& only) {
  image_frame near{box.upper, box.lower};
  for (const std::size_t line : chosen) {
    for (const repetition& each : group.configurations[line].repetitions) {
      if (only && *only != std::pair{each.seed, each.number}) continue;
      const std::vector<double>& points = each.trial->result.path.points;
      for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
        for (const std::size_t axis : {0U, 1U}) {
          if (!std::isfinite(points[i + axis])) continue;
          const double place = std::clamp(points[i + axis], box.lower.at(axis), box.upper.at(axis));
          near.lower.at(axis) = std::min(near.lower.at(axis), place);
          near.upper.at(axis) = std::max(near.upper.at(axis), place);
        }
      }
    }
  }
  double share = 1;
  for (const std::size_t axis : {0U, 1U}) {
    const double width = box.upper.at(axis) - box.lower.at(axis);
    const double room = 0.15 * (near.upper.at(axis) - near.lower.at(axis)) + 0.03 * width;
    near.lower.at(axis) = std::max(box.lower.at(axis), near.lower.at(axis) - room);
    near.upper.at(axis) = std::min(box.upper.at(axis), near.upper.at(axis) + room);
    share *= (near.upper.at(axis) - near.lower.at(axis)) / width;
  }
  return share > 0 && share < 0.5 ? std::optional(near) : std::nullopt;
}

std::string note_on(const trial_spec& spec, const registry& plugins) {
  const std::string& id = spec.problem.model.use;
  const component* const found = plugins.find(component_kind::model, id);
  if (found == nullptr) return fmt::format("{} is not drawn: no plugin at hand offers it.", id);
  if (found->file->sha256 == spec.problem.model.plugin_sha256) return "";
  return fmt::format("{} is drawn by another build of its plugin than the one that gave these results.", id);
}

void add_images(const problem_group& group, std::span<const std::size_t> chosen, const registry& plugins,
                json& all) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> drawn;
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      const std::pair which{each.seed, each.number};
      if (drawn.size() == most_images || !drawn.insert(which).second) continue;
      const trial_spec spec = landscape_of(read_spec(*each.trial));
      const bool same_for_all = spec.problem.instance == instance_spec{};
      json image = draw(spec, plugins);
      if (image.is_null()) {
        all["note"] =
            fmt::format("{} has more than two dimensions and is not drawn.", spec.problem.model.use);
        return;
      }
      json of_whom = json::object();
      if (!same_for_all) of_whom = {{"seed", each.seed}, {"repetition", each.number + 1}};
      image.update(of_whom);
      const auto frame =
          closeup(group, chosen,
                  {image["lower"].get<std::array<double, 2>>(), image["upper"].get<std::array<double, 2>>()},
                  same_for_all ? std::nullopt : std::optional(which));
      all["images"].push_back(std::move(image));
      if (frame) {
        json near = draw(spec, plugins, frame);
        near.update(of_whom);
        near["is_closeup"] = true;
        all["images"].push_back(std::move(near));
      }
      if (same_for_all) return;
    }
  }
}

}  // namespace

json problem_landscape(const problem_group& group, std::span<const std::size_t> chosen,
                       const registry& plugins) {
  const json stored = read_spec(*group.configurations.front().repetitions.front().trial);
  if (stored.at("problem").contains("data")) return nullptr;
  const trial_spec spec = landscape_of(stored);
  json all{{"images", json::array()}, {"note", note_on(spec, plugins)}};
  if (plugins.find(component_kind::model, spec.problem.model.use) == nullptr) return all;
  try {
    add_images(group, chosen, plugins, all);
  } catch (const error& problem) {
    all["note"] = fmt::format("{} is not drawn: {}", spec.problem.model.use, problem.what());
  }
  return all;
}

}  // namespace ravine
