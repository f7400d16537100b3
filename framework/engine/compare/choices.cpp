#include "compare/choices.hpp"

#include "compare/pairing.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"
#include "trial/point_scores.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

constexpr double level_of_worse = 0.05;

/// Whether the differences say that the point is worse than the best one: by Student's t of the pairs, at 5
/// %. Of what is infinite in some pairs and not in all, nothing can be said.
bool is_worse(std::vector<double> differences, const std::string& metric) {
  if (higher_is_better(metric)) {
    for (double& each : differences) each = -each;
  }
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::ranges::all_of(differences, finite)) {
    return std::ranges::all_of(differences, [](double value) { return std::isinf(value) && value > 0; });
  }
  const double center = mean(differences);
  const double deviation = standard_deviation(differences);
  if (deviation == 0) return center > 0;
  const auto count = static_cast<double>(differences.size());
  const double bound = boost::math::quantile(boost::math::students_t(count - 1), 1 - level_of_worse / 2);
  return center / (deviation / std::sqrt(count)) > bound;
}

/// Search points of an optimizer that could be chosen: none that was stopped early. Indices of
/// configurations.
std::vector<std::size_t> candidates_of(const std::string& optimizer, const problem_summary& problem) {
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < problem.configurations.size(); ++i) {
    const configuration_summary& line = problem.configurations[i];
    if (line.optimizer == optimizer && line.role == trial_role::search && line.repetitions > 0 &&
        !line.statuses.contains(trial_status::stopped_early)) {
      points.push_back(i);
    }
  }
  return points;
}

/// As tuning takes them: less is better, infinite where a trial failed.
std::vector<double> final_values(const trial_group& line, const std::string& metric) {
  std::vector<double> values;
  for (const repetition& each : line.repetitions) {
    const trial_result& trial = each.trial->result;
    if (trial.status == trial_status::interrupted) continue;
    const std::optional<double> value = final_value(trial, metric);
    values.push_back(!value                     ? std::numeric_limits<double>::infinity()
                     : higher_is_better(metric) ? -*value
                                                : *value);
  }
  return values;
}

/// What tuning judges search points by: less is better.
std::vector<double> tuning_scores(const std::vector<std::size_t>& points, const std::string& metric,
                                  const problem_group& group) {
  std::vector<std::vector<double>> values;
  values.reserve(points.size());
  for (const std::size_t i : points) values.push_back(final_values(group.configurations[i], metric));
  return point_scores(values);
}

/// What points without tuning are judged by: less is better.
std::vector<double> median_scores(const std::vector<std::size_t>& points, const std::string& metric,
                                  const problem_summary& problem) {
  std::vector<double> scores;
  for (const std::size_t i : points) {
    const std::vector<score_summary>& all = problem.configurations[i].scores;
    const double score = std::ranges::find(all, metric, &score_summary::metric)->median;
    scores.push_back(higher_is_better(metric) ? -score : score);
  }
  return scores;
}

/// The metric that points may be chosen by and that says the same as the reported one.
std::string counterpart(const std::string& reported) {
  if (reported == "gap") return "loss";
  return reported.starts_with("test_") ? "validation_" + reported.substr(5) : reported;
}

/// The point that the other metric, one of the problem's, would choose, if it is not the one that is shown.
std::optional<std::size_t> otherwise_chosen(std::size_t chosen, const std::string& metric,
                                            const problem_group& group, const problem_summary& problem) {
  const configuration_summary& shown = problem.configurations[chosen];
  std::vector<std::size_t> points = candidates_of(shown.optimizer, problem);
  const bool tuned = !points.empty();
  if (!tuned) {
    for (std::size_t i = 0; i < problem.configurations.size(); ++i) {
      if (problem.configurations[i].optimizer == shown.optimizer) points.push_back(i);
    }
  }
  const auto repetitions = [&](std::size_t i) { return problem.configurations[i].repetitions; };
  const std::size_t most = repetitions(std::ranges::max(points, {}, repetitions));
  std::erase_if(points, [&](std::size_t i) { return repetitions(i) < most; });
  const auto here = std::ranges::find_if(
      points, [&](std::size_t i) { return problem.configurations[i].point == shown.point; });
  if (here == points.end() || most == 0) return std::nullopt;
  const std::vector<double> scores =
      tuned ? tuning_scores(points, metric, group) : median_scores(points, metric, problem);
  const auto best = std::ranges::min_element(scores);
  if (*best >= scores.at(static_cast<std::size_t>(here - points.begin()))) return std::nullopt;
  return points.at(static_cast<std::size_t>(best - scores.begin()));
}

void warn_of_flattered_points(const problem_summary& problem, std::vector<std::string>& found) {
  std::vector<std::string> flattered;
  for (const std::size_t chosen : problem.chosen) {
    const configuration_summary& shown = problem.configurations[chosen];
    const auto points = std::ranges::count_if(problem.configurations, [&](const configuration_summary& line) {
      return line.optimizer == shown.optimizer && line.role == shown.role && line.repetitions > 0;
    });
    if (points > 1) flattered.push_back(shown.optimizer);
  }
  if (flattered.empty()) return;
  found.push_back(fmt::format(
      "the points shown of {} were chosen by the same repetitions that are compared, which flatters "
      "them (winner's curse); tuning chooses on seeds of its own",
      fmt::join(flattered, ", ")));
}

void warn_of_metrics(const problem_group& group, const problem_summary& problem,
                     std::vector<std::string>& found) {
  if (problem.metrics.empty()) return;
  const std::string& reported = problem.metrics[0];
  const std::string metric = counterpart(reported);
  if (metric == problem.selection_metric ||
      std::ranges::find(problem.metrics, metric) == problem.metrics.end()) {
    return;
  }
  std::vector<std::string> others;
  for (const std::size_t chosen : problem.chosen) {
    if (const auto other = otherwise_chosen(chosen, metric, group, problem)) {
      others.push_back(problem.configurations[*other].name());
    }
  }
  if (others.empty()) return;
  found.push_back(fmt::format("by {} the choice would be another: {}{}", metric, fmt::join(others, ", "),
                              metric == reported ? "" : fmt::format("; {} is what is reported", reported)));
}

}  // namespace

std::vector<choice_summary> find_choices(const problem_group& group, const problem_summary& problem) {
  std::vector<choice_summary> all;
  for (const std::size_t chosen : problem.chosen) {
    const configuration_summary& shown = problem.configurations[chosen];
    const std::vector<std::size_t> points = candidates_of(shown.optimizer, problem);
    const auto best = std::ranges::find_if(
        points, [&](std::size_t i) { return problem.configurations[i].point == shown.point; });
    if (best == points.end() || problem.configurations[*best].repetitions < 2 || points.size() < 2) continue;
    choice_summary choice{.optimizer = shown.optimizer,
                          .metric = problem.selection_metric,
                          .point = shown.point,
                          .repetitions = problem.configurations[*best].repetitions};
    const auto score = [&](const trial_result& trial) { return final_score(trial, choice.metric); };
    for (const std::size_t i : points) {
      if (i == *best) continue;
      const score_pairs pairs = pair_amounts(group.configurations[i], group.configurations[*best], score);
      if (pairs.first.size() < 2) continue;
      ++choice.others;
      if (!is_worse(paired_differences(pairs.first, pairs.second), choice.metric)) ++choice.within_noise;
    }
    all.push_back(std::move(choice));
  }
  return all;
}

std::vector<std::string> choice_warnings(const problem_group& group, const problem_summary& problem,
                                         chance random) {
  std::vector<std::string> found;
  if (random == chance::takes_part) warn_of_flattered_points(problem, found);
  warn_of_metrics(group, problem, found);
  return found;
}

}  // namespace ravine
