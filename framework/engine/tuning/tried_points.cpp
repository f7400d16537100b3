#include "tuning/tried_points.hpp"

#include "trial/trial_result.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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
  return names(a) == names(b);
}

/// The tuning metric at the end of each trial, as a number of which less is better.
std::vector<double> scores_of(const tried_point& point, const plan& searched, const store& results) {
  const std::string metric =
      searched.trials.configuration(point.begin).spec.problem.data ? searched.tuning_metric : "loss";
  std::vector<double> scores;
  for (std::size_t i = point.begin; i < point.end; ++i) {
    const double value = results.final_metric(searched.trials.hash(i), metric).value_or(failed);
    scores.push_back(value != failed && higher_is_better(metric) ? -value : value);
  }
  return scores;
}

bool failed_now_and_then(const std::vector<double>& scores) {
  const auto failures = static_cast<std::size_t>(std::ranges::count(scores, failed));
  return failures > 0 && failures < scores.size();
}

double mean(const std::vector<double>& scores) {
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

double median(std::vector<double> scores) {
  std::ranges::sort(scores);
  const double above = scores[scores.size() / 2];
  const double below = scores[(scores.size() - 1) / 2];
  return above == failed ? failed : std::midpoint(below, above);
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
  std::vector<std::vector<double>> scores;
  scores.reserve(points.size());
  for (const tried_point& point : points) scores.push_back(scores_of(point, searched, results));
  const bool by_median = std::ranges::any_of(scores, failed_now_and_then);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < points.size(); ++i) {
    ranked.emplace_back(by_median ? median(scores[i]) : mean(scores[i]), i);
  }
  std::ranges::sort(ranked);
  std::vector<tried_point> best;
  best.reserve(ranked.size());
  for (const auto& [score, place] : ranked) best.push_back(points[place]);
  return best;
}

}  // namespace ravine
