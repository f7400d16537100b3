#include "report/report_document.hpp"

#include "compare/comparison_json.hpp"
#include "compare/grouping.hpp"
#include "compare/stored_spec.hpp"
#include "compare/unfinished.hpp"
#include "report/problem_landscape.hpp"
#include "report/short_numbers.hpp"
#include "trial/path_outline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int document_format = 2;
constexpr std::size_t longest_curve = 1024;  // points that are drawn

/// Which of so many rows are kept: all of the first ones, where most happens, evenly spaced ones after them,
/// and always the last.
std::vector<std::size_t> kept_rows(std::size_t count, std::size_t most) {
  const std::size_t whole = count <= most ? count : most / 2;
  const std::size_t rest = most - whole;
  const std::size_t stride = count <= most ? 1 : (count - whole + rest - 1) / rest;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < count; row += row < whole ? 1 : stride) rows.push_back(row);
  if (count > 0 && rows.back() != count - 1) rows.push_back(count - 1);
  return rows;
}

template <class Value>
json column_of(const std::vector<std::size_t>& rows, Value value) {
  std::vector<double> column;
  column.reserve(rows.size());
  for (const std::size_t row : rows) column.push_back(value(row));
  return short_numbers(column);
}

json as_json(const std::vector<evaluation>& curve) {
  const auto rows = kept_rows(curve.size(), longest_curve);
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

/// How paths are drawn on a page.
struct path_drawing {
  path_window window;
  std::size_t longest;  // points of one path
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

/// Points of all paths of a problem are bounded, so that the page is.
path_drawing drawing_of(const problem_group& group, const json& landscape) {
  constexpr std::size_t most_points = 200'000, shortest = 512, longest = 8192;
  std::size_t trials = 0;
  for (const trial_group& line : group.configurations) trials += line.repetitions.size();
  return {window_of(group, landscape),
          std::clamp(most_points / std::max<std::size_t>(trials, 1), shortest, longest)};
}

json as_json(const trajectory& path, const path_drawing& drawing) {
  constexpr double tolerance = 0.25 / 2000;  // a quarter of a pixel on 2,000
  if (path.dimension != 2) return nullptr;
  const auto rows = outline_of(path, drawing.window, drawing.longest, tolerance);
  return {
      {"step", column_of(rows, [&](auto row) { return static_cast<double>(path.steps[row]); })},
      {"evaluations", column_of(rows, [&](auto row) { return static_cast<double>(path.evaluations[row]); })},
      {"x", column_of(rows, [&](auto row) { return path.points[2 * row]; })},
      {"y", column_of(rows, [&](auto row) { return path.points[2 * row + 1]; })},
      {"loss", column_of(rows, [&](auto row) { return path.losses[row]; })}};
}

/// Index of a text among those seen so far; added if it is new.
std::size_t index_of(const std::string& text, std::vector<std::string>& all) {
  const auto found = std::ranges::find(all, text);
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  all.push_back(text);
  return all.size() - 1;
}

/// Texts that many trials share.
struct shared_texts {
  std::vector<std::string> machines, builds, specs;
};

json trial_json(const repetition& each, const path_drawing& drawing, shared_texts& shared) {
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
          {"machine", index_of(machine_text(trial.origin), shared.machines)},
          {"build", index_of(build_text(trial.origin), shared.builds)},
          {"spec", index_of(spec.dump(), shared.specs)},
          {"curve", as_json(result.evaluations)},
          {"path", as_json(result.path, drawing)}};
}

/// The trials of each line, in the comparison's order. A path that equals the one before is named, not
/// repeated: without randomness all repetitions are one.
json lines_json(const problem_group& group, const path_drawing& drawing, shared_texts& shared) {
  json lines = json::array();
  for (const trial_group& line : group.configurations) {
    json trials = json::array();
    std::size_t kept = 0;  // the trial whose path was written last
    for (const repetition& each : line.repetitions) {
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

/// Which shared object took part as what: read from the specifications.
void collect_plugins(const json& value, std::set<std::pair<std::string, std::string>>& found) {
  if (value.is_object()) {
    const auto use = value.find("use");
    const auto digest = value.find("plugin_sha256");
    if (use != value.end() && use->is_string() && digest != value.end() && digest->is_string()) {
      found.emplace(use->get<std::string>(), digest->get<std::string>());
    }
  }
  if (!value.is_structured()) return;
  for (const json& each : value) collect_plugins(each, found);
}

json plugins_json(const std::vector<std::string>& specs) {
  std::set<std::pair<std::string, std::string>> found;
  for (const std::string& spec : specs) collect_plugins(json::parse(spec), found);
  json all = json::array();
  for (const auto& [id, digest] : found) all.push_back({{"id", id}, {"sha256", digest}});
  return all;
}

json files_json(const std::vector<results_file>& files) {
  json all = json::array();
  for (const results_file& file : files) {
    json experiments = json::array();
    for (const stored_experiment& each : file.experiments) {
      experiments.push_back({{"name", each.name},
                             {"manifest", each.manifest},
                             {"seed", each.seed},
                             {"repetitions", each.repetitions},
                             {"planned_at", each.planned_at},
                             {"planned", each.planned},
                             {"finished", each.finished}});
    }
    all.push_back({{"name", file.name}, {"experiments", std::move(experiments)}});
  }
  return all;
}

}  // namespace

results_file read_results(const std::string& file) {
  const store results = store::open_read_only(file);
  results_file read{std::filesystem::path(file).filename().string(), results.experiments(), results.trials()};
  for (stored_trial& trial : read.trials) trial.result.path = results.trajectory_of(trial.id);
  return read;
}

json report_document(const std::vector<results_file>& files, const registry& plugins,
                     const baseline_choice& baseline, std::span<const paired_test> family) {
  std::vector<stored_trial> trials;
  for (const results_file& file : files) trials.insert(trials.end(), file.trials.begin(), file.trials.end());
  comparison compared = compare(trials, baseline, family);
  std::vector<stored_experiment> experiments;
  for (const results_file& file : files) std::ranges::copy(file.experiments, std::back_inserter(experiments));
  add_unfinished(compared, experiments);
  json document{{"format", document_format}, {"files", files_json(files)}, {"baseline", compared.baseline}};
  document["comparison"] = to_json(compared);
  document["problems"] = json::array();
  shared_texts shared;
  for (const problem_group& group : group_trials(trials)) {  // as compare does, in the same order
    const problem_summary& summary = compared.problems[document["problems"].size()];
    json landscape = problem_landscape(group, summary.chosen, plugins);
    json lines = lines_json(group, drawing_of(group, landscape), shared);
    document["problems"].push_back(
        {{"problem", group.problem}, {"trials", std::move(lines)}, {"landscape", std::move(landscape)}});
  }
  document["machines"] = shared.machines;
  document["builds"] = shared.builds;
  document["plugins"] = plugins_json(shared.specs);
  document["specs"] = json::array();
  for (const std::string& spec : shared.specs) document["specs"].push_back(json::parse(spec));
  return document;
}

}  // namespace ravine
