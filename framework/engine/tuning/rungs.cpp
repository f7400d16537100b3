#include "tuning/rungs.hpp"

#include "tuning/tried_points.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ravine {
namespace {

/// Those of the points that were run up to the rung.
std::vector<tried_point> at_rung(const std::vector<tried_point>& points, const amount& rung,
                                 const trial_list& trials) {
  std::vector<tried_point> at;
  for (const tried_point& point : points) {
    if (trials.configuration(point.begin).spec.train.stop_after == rung) at.push_back(point);
  }
  return at;
}

/// Points that go on, and where to.
struct advance {
  std::vector<tried_point> points;
  std::optional<amount> next;  ///< rung; empty: their end
};

advance advance_of(const std::vector<tried_point>& points, std::size_t rung, const plan& searched,
                   const store& results) {
  const amount& budget = searched.trials.configuration(points.front().begin).spec.train.budget;
  const std::vector<amount> rungs = rungs_of(budget, *searched.stop_early);
  if (rung >= rungs.size()) return {};
  advance going{best_first(at_rung(points, rungs[rung], searched.trials), searched, results), std::nullopt};
  going.points.resize(survivors_of(going.points.size(), *searched.stop_early));
  if (rung + 1 < rungs.size()) going.next = rungs[rung + 1];
  return going;
}

}  // namespace

plan after_rung(const plan& searched, std::size_t rung, const store& results) {
  std::map<std::size_t, planned_trial> going_on;  // the first trial of each point, by its place
  for (std::size_t i = 0; i < searched.trials.size();) {
    const std::vector<tried_point> points = search_from(searched.trials, i);
    if (points.empty()) {
      ++i;
      continue;
    }
    const advance going = advance_of(points, rung, searched, results);
    for (const tried_point& point : going.points) {
      planned_trial trial = searched.trials[point.begin];
      trial.spec.train.stop_after = going.next;
      trial.hash = content_hash(trial.spec);
      going_on.emplace(point.begin, std::move(trial));
    }
    i = points.back().end;
  }
  plan next = searched;
  next.trials.clear();
  for (std::size_t i = 0; i < searched.trials.size();) {
    const auto changed = going_on.find(i);
    if (changed == going_on.end()) {
      next.trials.append(searched.trials, i++);
    } else {
      next.trials.push_repetitions(std::move(changed->second), searched.search.repetitions);
      i += searched.search.repetitions;
    }
  }
  return next;
}

}  // namespace ravine
