#include "compare/comparison_json.hpp"

#include "settings_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

json as_json(const score_summary& score) {
  return {{"median", score.median},
          {"mean", score.mean},
          {"standard_deviation", score.standard_deviation},
          {"values", score.values}};
}

json as_json(const time_summary& time) { return {{"median", time.median}, {"expected", time.expected}}; }

json as_json(const time_to_target& times) {
  return {{"reached", times.reached},
          {"trials", times.trials},
          {"epochs", as_json(times.epochs)},
          {"steps", as_json(times.steps)},
          {"evaluations", as_json(times.evaluations)},
          {"seconds", as_json(times.seconds)}};
}

json as_json(const failure& each) {
  return {{"repetition", each.repetition + 1}, {"status", to_string(each.status)}, {"reason", each.reason}};
}

json as_json(const line_summary& line) {
  json all{{"optimizer", line.optimizer},
           {"point", settings_to_json(line.point)},
           {"repetitions", line.repetitions},
           {"interrupted", line.interrupted},
           {"statuses", json::object()},
           {"failures", json::array()},
           {"scores", json::object()},
           {"time_to_target", nullptr},
           {"seconds", line.seconds},
           {"optimizer_seconds_per_step", line.optimizer_seconds_per_step},
           {"state_bytes_per_parameter", line.state_bytes_per_parameter}};
  for (const auto& [status, count] : line.statuses) all["statuses"][std::string(to_string(status))] = count;
  for (const failure& each : line.failures) all["failures"].push_back(as_json(each));
  for (const score_summary& score : line.scores) all["scores"][score.metric] = as_json(score);
  if (line.times) all["time_to_target"] = as_json(*line.times);
  return all;
}

json as_json(const problem_summary& problem) {
  json all{{"problem", problem.problem},
           {"metrics", problem.metrics},
           {"selection_metric", problem.selection_metric},
           {"target", nullptr},
           {"lines", json::array()},
           {"chosen", problem.chosen}};
  if (!problem.target_metric.empty()) all["target"] = {{problem.target_metric, problem.target_value}};
  for (const line_summary& line : problem.lines) all["lines"].push_back(as_json(line));
  return all;
}

}  // namespace

json to_json(const comparison& compared) {
  json all{{"problems", json::array()}};
  for (const problem_summary& problem : compared.problems) all["problems"].push_back(as_json(problem));
  return all;
}

}  // namespace ravine
