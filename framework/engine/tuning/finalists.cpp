#include "tuning/finalists.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ravine {
namespace {

/// The first of the further trials of a point.
planned_trial first_further(const tried_point& point, const plan& searched) {
  planned_trial trial = searched.trials[point.begin];
  trial.spec.repetition += point.trials();
  trial.hash = content_hash(trial.spec);
  return trial;
}

}  // namespace

std::vector<tried_point> finished_points(std::span<const tried_point> points, const trial_list& trials) {
  std::vector<tried_point> finished;
  std::ranges::copy_if(points, std::back_inserter(finished), [&](const tried_point& point) {
    return !trials.configuration(point.begin).spec.train.stop_after;
  });
  return finished;
}

plan with_finalists(const plan& searched, const store& results) {
  std::map<std::size_t, planned_trial> further;  // by the place that they follow
  for (std::size_t i = 0; i < searched.trials.size();) {
    const std::vector<tried_point> points = search_from(searched.trials, i);
    std::vector<tried_point> best = best_first(finished_points(points, searched.trials), searched, results);
    if (best.size() > searched.search.finalists) best.resize(searched.search.finalists);
    for (const tried_point& point : best) further.emplace(point.end, first_further(point, searched));
    i = points.empty() ? i + 1 : points.back().end;
  }
  plan next = searched;
  next.trials.clear();
  for (std::size_t i = 0; i < searched.trials.size(); ++i) {
    next.trials.append(searched.trials, i);
    const auto more = further.find(i + 1);
    if (more != further.end()) {
      next.trials.push_repetitions(std::move(more->second), searched.search.of_finalists());
    }
  }
  return next;
}

}  // namespace ravine
