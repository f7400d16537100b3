#include "compare/comparison_json.hpp"

#include "core/settings_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

json as_json(const interval& range) { return json::array({range.lower, range.upper}); }

json as_json(const score_summary& score) {
  return {{"median", score.median},
          {"mean", score.mean},
          {"standard_deviation", score.standard_deviation},
          {"best", score.best},
          {"median_interval", as_json(score.median_interval)},
          {"interquartile_mean", score.interquartile_mean},
          {"interquartile_mean_interval", as_json(score.interquartile_mean_interval)},
          {"values", score.values}};
}

json as_json(const time_summary& time) { return {{"median", time.median}, {"expected", time.expected}}; }

json as_json(const target_summary& target) {
  return {{"value", target.value},
          {"reached", target.reached},
          {"costs", target.costs},
          {"evaluations", target.evaluations},
          {"expected", target.expected}};
}

json as_json(const time_to_target& times) {
  json targets = json::array(), lost_later = json::object();
  for (const target_summary& each : times.targets) targets.push_back(as_json(each));
  for (const auto& [status, count] : times.lost_later) lost_later[std::string(to_string(status))] = count;
  return {{"reached", times.reached},
          {"at_start", times.at_start},
          {"lost_later", std::move(lost_later)},
          {"targets", std::move(targets)},
          {"trials", times.trials},
          {"epochs", as_json(times.epochs)},
          {"steps", as_json(times.steps)},
          {"evaluations", as_json(times.evaluations)},
          {"seconds", as_json(times.seconds)}};
}

json as_json(const failure& each) {
  return {{"repetition", each.repetition + 1}, {"status", to_string(each.status)}, {"reason", each.reason}};
}

json as_json(const configuration_summary& line) {
  json all{{"optimizer", line.optimizer},
           {"point", settings_to_json(line.point)},
           {"repetitions", line.repetitions},
           {"studies", json::array()},
           {"interrupted", line.interrupted},
           {"statuses", json::object()},
           {"failures", json::array()},
           {"scores", json::object()},
           {"time_to_target", nullptr},
           {"seconds", line.seconds},
           {"optimizer_seconds_per_step", line.optimizer_seconds_per_step},
           {"state_bytes_per_parameter", line.state_bytes_per_parameter},
           {"scratch_bytes_per_parameter", line.scratch_bytes_per_parameter}};
  for (const auto& [status, count] : line.statuses) all["statuses"][std::string(to_string(status))] = count;
  for (const failure& each : line.failures) all["failures"].push_back(as_json(each));
  for (const settings& point : line.studies) all["studies"].push_back(settings_to_json(point));
  for (const score_summary& score : line.scores) all["scores"][score.metric] = as_json(score);
  if (line.times) all["time_to_target"] = as_json(*line.times);
  return all;
}

json as_json(const sensitivity_summary& each) {
  return {{"optimizer", each.optimizer},
          {"hyperparameter", each.hyperparameter},
          {"metric", each.metric},
          {"values", each.values},
          {"scores", each.scores},
          {"best", each.values[each.range.best]},
          {"range", json::array({each.range.lower, each.range.upper})},
          {"width", each.range.width},
          {"decades", each.range.decades}};
}

json as_json(const choice_summary& each) {
  return {{"optimizer", each.optimizer},     {"metric", each.metric}, {"point", settings_to_json(each.point)},
          {"repetitions", each.repetitions}, {"others", each.others}, {"within_noise", each.within_noise}};
}

json as_json(const budget_summary& each) {
  return {{"optimizer", each.optimizer}, {"metric", each.metric}, {"expected_best", each.expected_best}};
}

json as_json(const paired_summary& pair) {
  return {{"optimizer", pair.optimizer},
          {"metric", pair.metric},
          {"differences", pair.differences},
          {"mean_difference", pair.mean_difference},
          {"difference", pair.difference.estimate},
          {"interval", as_json(pair.difference.range)},
          {"confidence", pair.difference.confidence},
          {"probability_better", pair.probability_better},
          {"correlation", pair.correlation},
          {"deviation", pair.deviation},
          {"unpaired_deviation", pair.unpaired_deviation},
          {"pairs_needed", pair.pairs_needed},
          {"unpaired_needed", pair.unpaired_needed},
          {"repetitions_alike", pair.repetitions_alike},
          {"p_value", pair.p_value},
          {"adjusted_p_value", pair.adjusted_p_value}};
}

json as_json(const step_distribution& each) { return {{"solved", each.solved}, {"count", each.count}}; }

json as_json(const runtime_summary& summary) {
  json all{{"unit", summary.unit},
           {"problems", summary.problems},
           {"targets", summary.targets},
           {"optimizers", json::object()}};
  for (const runtime_line& line : summary.lines) {
    json& one = all["optimizers"][line.optimizer] = {{"runtimes", as_json(line.runtimes)}};
    if (line.simplex_gradients.count > 0) one["simplex_gradients"] = as_json(line.simplex_gradients);
  }
  return all;
}

json as_json(const problem_summary& problem);

template <class Part>
json list_of(const std::vector<Part>& parts) {
  json all = json::array();
  for (const Part& part : parts) all.push_back(as_json(part));
  return all;
}

json as_json(const problem_summary& problem) {
  json all{{"problem", problem.problem},
           {"metrics", problem.metrics},
           {"selection_metric", problem.selection_metric},
           {"target", nullptr},
           {"targets", problem.targets},
           {"configurations", list_of(problem.configurations)},
           {"chosen", problem.chosen},
           {"leaders", problem.leaders},
           {"sensitivities", list_of(problem.sensitivities)},
           {"choices", list_of(problem.choices)},
           {"tuning_budgets", list_of(problem.tuning_budgets)},
           {"paired", list_of(problem.paired)},
           {"paired_further", list_of(problem.paired_further)},
           {"warnings", problem.warnings}};
  if (!problem.target_metric.empty()) all["target"] = {{problem.target_metric, problem.target_value}};
  return all;
}

/// Wherever it is in the document.
void write_non_finite_as_text(json& value) {
  if (value.is_structured()) {
    for (json& each : value) write_non_finite_as_text(each);
  } else if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::isnan(number)) value = "nan";
    if (std::isinf(number)) value = number > 0 ? "inf" : "-inf";
  }
}

}  // namespace

json to_json(const comparison& compared) {
  json all{{"problems", list_of(compared.problems)},
           {"baseline", nullptr},
           {"tests", compared.tests},
           {"ranks", json::object()},
           {"runtimes", list_of(compared.runtimes)},
           {"unfinished", json::array()},
           {"warnings", compared.warnings},
           {"profile",
            {{"problems", compared.profile_problems},
             {"ratios", json::object()},
             {"taus", compared.profile_taus},
             {"bands", json::object()}}}};
  for (const unfinished_experiment& each : compared.unfinished) {
    all["unfinished"].push_back(
        {{"experiment", each.name}, {"planned", each.planned}, {"missing", each.missing}});
  }
  if (!compared.baseline.empty()) all["baseline"] = compared.baseline;
  for (const profile_summary& each : compared.profile) {
    all["profile"]["ratios"][each.optimizer] = each.ratios;
    if (each.bands.empty()) continue;
    json& bands = all["profile"]["bands"][each.optimizer];
    for (const interval& band : each.bands) bands.push_back(as_json(band));
  }
  for (const rank_summary& each : compared.ranks) {
    all["ranks"][each.optimizer] = {
        {"ranks", each.ranks}, {"mean", each.mean}, {"interval", as_json(each.range)}};
  }
  write_non_finite_as_text(all);
  return all;
}

}  // namespace ravine
