#include "report/trials_json.hpp"

#include "compare/stored_spec.hpp"
#include "report/curve_rows.hpp"
#include "report/short_numbers.hpp"
#include "trial/path_outline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <set>
#include <span>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Value>
json column_of(const std::vector<std::size_t>& rows, Value value) {
  std::vector<double> column;
  column.reserve(rows.size());
  for (const std::size_t row : rows) column.push_back(value(row));
  return short_numbers(column);
}

json as_json(const std::vector<evaluation>& curve, std::size_t longest) {
  const std::vector<std::size_t> rows = curve_rows(curve, longest);
  json all{{"step", column_of(rows, [&](auto row) { return static_cast<double>(curve[row].at.steps); })},
           {"evaluations",
            column_of(rows, [&](auto row) { return static_cast<double>(curve[row].at.evaluations); })},
           {"epochs", column_of(rows, [&](auto row) { return curve[row].at.epochs; })},
           {"seconds", column_of(rows, [&](auto row) { return curve[row].at.seconds(); })},
           {"metrics", json::object()}};
  std::set<std::string> names;
  for (const evaluation& at : curve) {
    for (const auto& [name, value] : at.metrics) names.insert(name);
  }
  for (const std::string& name : names) {
    all["metrics"][name] = column_of(rows, [&](auto row) {
      const auto found = curve[row].metrics.find(name);
      return found == curve[row].metrics.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
    });
  }
  return all;
}

/// How the trials of a problem are drawn on a page.
struct trial_drawing {
  path_window window;
  std::size_t longest_path;   // points of each
  std::size_t longest_curve;  // points of each
};

/// The smallest of a problem's images; where nothing is drawn, what its paths take.
path_window window_of(const problem_group& group, const json& landscape) {
  path_window window{{infinity, infinity}};
  if (landscape.is_object() && !landscape["images"].empty()) {
    for (const json& image : landscape["images"]) {
      for (const std::size_t axis : {0U, 1U}) {
        const double width = image["upper"][axis].get<double>() - image["lower"][axis].get<double>();
        window.widths[axis] = std::min(window.widths[axis], width);
      }
      if (image["minimum"].is_number()) window.least_loss = image["minimum"].get<double>();
    }
    return window;
  }
  std::array<double, 2> lower{infinity, infinity}, upper{-infinity, -infinity};
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      const std::vector<double>& points = each.trial->result.path.points;
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (!std::isfinite(points[i])) continue;
        lower.at(i % 2) = std::min(lower.at(i % 2), points[i]);
        upper.at(i % 2) = std::max(upper.at(i % 2), points[i]);
      }
    }
  }
  for (const std::size_t axis : {0U, 1U}) window.widths[axis] = upper.at(axis) - lower.at(axis);
  return window;
}

/// Points of all paths of a problem are bounded, and of all curves of the page, so that the page is.
trial_drawing drawing_of(const problem_group& group, const json& landscape,
                         const std::vector<std::size_t>& repetitions, std::size_t trials) {
  constexpr std::size_t most_path_points = 200'000, shortest_path = 512, longest_path = 8192;
  constexpr std::size_t most_curve_points = 400'000, shortest_curve = 128, longest_curve = 1024;
  const auto of_problem = std::accumulate(repetitions.begin(), repetitions.end(), std::size_t{1});
  return {window_of(group, landscape), std::clamp(most_path_points / of_problem, shortest_path, longest_path),
          std::clamp(most_curve_points / (trials + 1), shortest_curve, longest_curve)};
}

json as_json(const trajectory& path, const trial_drawing& drawing) {
  constexpr double tolerance = 0.25 / 2000;  // a quarter of a pixel on 2,000
  if (path.dimension != 2) return nullptr;
  const auto rows = outline_of(path, drawing.window, drawing.longest_path, tolerance);
  return {
      {"step", column_of(rows, [&](auto row) { return static_cast<double>(path.steps[row]); })},
      {"evaluations", column_of(rows, [&](auto row) { return static_cast<double>(path.evaluations[row]); })},
      {"x", column_of(rows, [&](auto row) { return path.points[2 * row]; })},
      {"y", column_of(rows, [&](auto row) { return path.points[2 * row + 1]; })},
      {"loss", column_of(rows, [&](auto row) { return path.losses[row]; })}};
}

json trial_json(const repetition& each, const trial_drawing& drawing, shared_texts& shared) {
  const stored_trial& trial = *each.trial;
  const trial_result& result = trial.result;
  json spec = read_spec(trial);  // that of a line differs in nothing else
  spec.erase("seed");
  spec.erase("repetition");
  return {{"experiment", trial.experiment},
          {"repetition", each.number + 1},
          {"seed", each.seed},
          {"status", to_string(result.status)},
          {"reason", result.reason},
          {"steps", result.spent.steps},
          {"seconds", result.spent.seconds()},
          {"parameters", result.parameters},
          {"state_bytes", result.state_bytes},
          {"scratch_bytes", result.scratch_bytes},
          {"jobs", trial.origin.jobs},
          {"machine", shared.machines.number(machine_text(trial.origin))},
          {"build", shared.builds.number(build_text(trial.origin))},
          {"spec", shared.specs.number(spec.dump())},
          {"curve", as_json(result.evaluations, drawing.longest_curve)},
          {"path", as_json(result.path, drawing)}};
}

}  // namespace

json trials_json(const problem_group& group, const json& landscape,
                 const std::vector<std::size_t>& repetitions, std::size_t trials_drawn,
                 shared_texts& shared) {
  const trial_drawing drawing = drawing_of(group, landscape, repetitions, trials_drawn);
  json lines = json::array();
  for (std::size_t i = 0; i < group.configurations.size(); ++i) {
    if (repetitions[i] == 0) continue;
    json trials = json::array();
    std::size_t kept = 0;  // the trial whose path was written last
    for (const repetition& each : std::span(group.configurations[i].repetitions).first(repetitions[i])) {
      json trial = trial_json(each, drawing, shared);
      if (!trials.empty() && trial["path"].is_object() && trial["path"] == trials[kept]["path"]) {
        trial["path"] = kept;
      } else {
        kept = trials.size();
      }
      trials.push_back(std::move(trial));
    }
    lines.push_back(std::move(trials));
  }
  return lines;
}

}  // namespace ravine
