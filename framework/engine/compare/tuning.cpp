#include "compare/tuning.hpp"

#include "compare/best_of_k.hpp"
#include "compare/score.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <variant>

namespace ravine {
namespace {

direction direction_of(const std::string& metric) {
  return higher_is_better(metric) ? direction::higher_is_better : direction::lower_is_better;
}

std::optional<double> as_number(const setting& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return std::nullopt;
}

double selection_score(const configuration_summary& line, const std::string& metric) {
  const auto found = std::ranges::find(line.scores, metric, &score_summary::metric);
  return found == line.scores.end() ? worst_score(metric) : found->median;
}

/// The search points of an optimizer: those that tuning tried, or, without tuning, all of its lines.
std::vector<const configuration_summary*> points_of(const problem_summary& problem,
                                                    const std::string& optimizer) {
  const auto lines_of = [&](trial_role role) {
    std::vector<const configuration_summary*> lines;
    for (const configuration_summary& line : problem.configurations) {
      if (line.optimizer == optimizer && line.role == role && line.repetitions > 0) lines.push_back(&line);
    }
    return lines;
  };
  const auto tried = lines_of(trial_role::search);
  return tried.empty() ? lines_of(trial_role::result) : tried;
}

/// Value -> best score among the points that have it.
std::map<double, double> best_by_value(const std::vector<const configuration_summary*>& points,
                                       const std::string& name, const std::string& metric) {
  std::map<double, double> best;
  for (const configuration_summary* line : points) {
    const auto value = line->point.find(name);
    if (value == line->point.end()) continue;
    const auto number = as_number(value->second);
    if (!number) continue;
    const double score = selection_score(*line, metric);
    const auto [known, is_new] = best.emplace(*number, score);
    if (!is_new && is_better(score, known->second, metric)) known->second = score;
  }
  return best;
}

}  // namespace

std::vector<sensitivity_summary> sensitivities(const problem_summary& problem) {
  std::vector<sensitivity_summary> all;
  for (const std::size_t chosen : problem.chosen) {
    const configuration_summary& best_line = problem.configurations[chosen];
    const auto points = points_of(problem, best_line.optimizer);
    for (const auto& [name, value] : best_line.point) {
      sensitivity_summary each{best_line.optimizer, name, problem.selection_metric, {}, {}, {}, {}};
      if (const auto drawn = best_line.shares.find(name); drawn != best_line.shares.end())
        each.share = drawn->second;
      for (const auto& [number, score] : best_by_value(points, name, problem.selection_metric)) {
        each.values.push_back(number);
        each.scores.push_back(score);
      }
      if (each.values.size() < 2) continue;
      each.range = tolerance(each.values, each.scores, direction_of(problem.selection_metric));
      all.push_back(std::move(each));
    }
  }
  return all;
}

std::vector<budget_summary> tuning_budgets(const problem_summary& problem) {
  std::vector<budget_summary> all;
  for (const std::size_t chosen : problem.chosen) {
    const std::string& optimizer = problem.configurations[chosen].optimizer;
    std::vector<double> scores;
    for (const configuration_summary* line : points_of(problem, optimizer)) {
      scores.push_back(selection_score(*line, problem.selection_metric));
    }
    if (scores.size() < 2) continue;
    all.push_back({optimizer, problem.selection_metric,
                   expected_best_of_k(scores, direction_of(problem.selection_metric))});
  }
  return all;
}

}  // namespace ravine
