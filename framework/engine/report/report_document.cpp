#include "report/report_document.hpp"

#include "compare/comparison_json.hpp"
#include "compare/grouping.hpp"
#include "compare/stored_spec.hpp"
#include "report/problem_landscape.hpp"
#include "report/short_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr int document_format = 2;
constexpr std::size_t longest_path = 512;    // points that are drawn
constexpr std::size_t longest_curve = 1024;  // likewise

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

json as_json(const trajectory& path) {
  if (path.dimension != 2) return nullptr;
  const auto rows = kept_rows(path.steps.size(), longest_path);
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

json trial_json(const repetition& each, shared_texts& shared) {
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
          {"jobs", trial.origin.jobs},
          {"machine", index_of(machine_text(trial.origin), shared.machines)},
          {"build", index_of(build_text(trial.origin), shared.builds)},
          {"spec", index_of(spec.dump(), shared.specs)},
          {"curve", as_json(result.evaluations)},
          {"path", as_json(result.path)}};
}

/// The trials of each line, in the comparison's order. A path that equals the one before is named, not
/// repeated: without randomness all repetitions are one.
json lines_json(const problem_group& group, shared_texts& shared) {
  json lines = json::array();
  for (const trial_group& line : group.configurations) {
    json trials = json::array();
    std::size_t kept = 0;  // the trial whose path was written last
    for (const repetition& each : line.repetitions) {
      json trial = trial_json(each, shared);
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
                     const std::string& baseline, std::span<const paired_test> family) {
  std::vector<stored_trial> trials;
  for (const results_file& file : files) trials.insert(trials.end(), file.trials.begin(), file.trials.end());
  json document{{"format", document_format}, {"files", files_json(files)}, {"baseline", baseline}};
  const comparison compared = compare(trials, baseline, family);
  document["comparison"] = to_json(compared);
  document["problems"] = json::array();
  shared_texts shared;
  for (const problem_group& group : group_trials(trials)) {  // as compare does, in the same order
    const problem_summary& summary = compared.problems[document["problems"].size()];
    document["problems"].push_back({{"problem", group.problem},
                                    {"trials", lines_json(group, shared)},
                                    {"landscape", problem_landscape(group, summary.chosen, plugins)}});
  }
  document["machines"] = shared.machines;
  document["builds"] = shared.builds;
  document["plugins"] = plugins_json(shared.specs);
  document["specs"] = json::array();
  for (const std::string& spec : shared.specs) document["specs"].push_back(json::parse(spec));
  return document;
}

}  // namespace ravine
