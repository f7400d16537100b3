#include "tuning/tried_points.hpp"

#include "trial/point_scores.hpp"
#include "trial/trial_result.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace ravine {
namespace {

constexpr double failed = std::numeric_limits<double>::infinity();

bool of_one_search(const planned_trial& a, const planned_trial& b) {
  const auto names = [](const planned_trial& trial) {
    return std::tie(trial.role, trial.spec.problem.label, trial.spec.optimizer.label);
  };
  return names(a) == names(b) && study_of(a.spec.repetition) == study_of(b.spec.repetition);
}

/// The tuning metric at the end of each trial, as a number of which less is better.
std::vector<double> values_of(const tried_point& point, const plan& searched, const store& results) {
  const std::string metric =
      searched.trials.configuration(point.begin).spec.problem.data ? searched.tuning_metric : "loss";
  std::vector<double> values;
  for (std::size_t i = point.begin; i < point.end; ++i) {
    const double value = results.final_metric(searched.trials.hash(i), metric).value_or(failed);
    values.push_back(value != failed && higher_is_better(metric) ? -value : value);
  }
  return values;
}

}  // namespace

std::vector<tried_point> search_from(const trial_list& trials, std::size_t first) {
  std::vector<tried_point> points;
  if (first >= trials.size() || trials.configuration(first).role != trial_role::search) return points;
  const planned_trial* last = nullptr;
  for (std::size_t i = first; i < trials.size(); ++i) {
    const planned_trial& trial = trials.configuration(i);
    if (!of_one_search(trial, trials.configuration(first))) break;
    if (last == nullptr || trial.spec.point != last->spec.point) points.push_back({i, i});
    points.back().end = i + 1;
    last = &trial;
  }
  return points;
}

std::vector<tried_point> best_first(std::span<const tried_point> points, const plan& searched,
                                    const store& results) {
  std::vector<std::vector<double>> values;
  values.reserve(points.size());
  for (const tried_point& point : points) values.push_back(values_of(point, searched, results));
  const std::vector<double> scores = point_scores(values);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < points.size(); ++i) ranked.emplace_back(scores[i], i);
  std::ranges::sort(ranked);
  std::vector<tried_point> best;
  best.reserve(ranked.size());
  for (const auto& [score, place] : ranked) best.push_back(points[place]);
  return best;
}

}  // namespace ravine
