#include "compare/choices.hpp"

#include "compare/pairing.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
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

double mean_score(const configuration_summary& line, const std::string& metric) {
  const auto found = std::ranges::find(line.scores, metric, &score_summary::metric);
  return found == line.scores.end() ? worst_score(metric) : found->mean;
}

double median_score(const configuration_summary& line, const std::string& metric) {
  const auto found = std::ranges::find(line.scores, metric, &score_summary::metric);
  return found == line.scores.end() ? worst_score(metric) : found->median;
}

/// The metric that points may be chosen by and that says the same as the reported one.
std::string counterpart(const std::string& reported) {
  return reported.starts_with("test_") ? "validation_" + reported.substr(5) : reported;
}

/// The point that the other metric would choose, if it is not the one that is shown.
std::optional<std::size_t> otherwise_chosen(std::size_t chosen, const std::string& metric,
                                            const problem_summary& problem) {
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
  const auto score = [&](std::size_t i) {
    const configuration_summary& line = problem.configurations[i];
    return tuned ? mean_score(line, metric) : median_score(line, metric);
  };
  const auto here = std::ranges::find_if(
      points, [&](std::size_t i) { return problem.configurations[i].point == shown.point; });
  if (here == points.end()) return std::nullopt;
  std::size_t best = *here;
  for (const std::size_t i : points) {
    if (is_better(score(i), score(best), metric)) best = i;
  }
  return best == *here ? std::nullopt : std::optional(best);
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

void warn_of_metrics(const problem_summary& problem, std::vector<std::string>& found) {
  if (problem.metrics.empty()) return;
  const std::string& reported = problem.metrics[0];
  const std::string metric = counterpart(reported);
  if (metric == problem.selection_metric ||
      std::ranges::find(problem.metrics, metric) == problem.metrics.end()) {
    return;
  }
  std::vector<std::string> others;
  for (const std::size_t chosen : problem.chosen) {
    if (const auto other = otherwise_chosen(chosen, metric, problem)) {
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

std::vector<std::string> choice_warnings(const problem_summary& problem, chance random) {
  std::vector<std::string> found;
  if (random == chance::takes_part) warn_of_flattered_points(problem, found);
  warn_of_metrics(problem, found);
  return found;
}

}  // namespace ravine
