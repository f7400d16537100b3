#include "tuning/choice.hpp"

#include "tuning/finalists.hpp"
#include "tuning/tried_points.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ravine {
namespace {

/// The best of the points with the most trials among those that were run to their end: the finalists, if
/// there are any. Where none of them came through, the first.
planned_trial best_point(const std::vector<tried_point>& points, const plan& searched, const store& results) {
  std::vector<tried_point> candidates = finished_points(points, searched.trials);
  if (candidates.empty()) return searched.trials[points.front().begin];
  const std::size_t most = std::ranges::max(candidates, {}, &tried_point::trials).trials();
  std::erase_if(candidates, [&](const tried_point& point) { return point.trials() < most; });
  return searched.trials[best_first(candidates, searched, results).front().begin];
}

}  // namespace

plan with_tuned_results(const plan& searched, const store& results) {
  plan whole = searched;
  whole.trials.clear();
  const trial_list& trials = searched.trials;
  for (std::size_t i = 0; i < trials.size();) {
    const std::vector<tried_point> points = search_from(trials, i);
    if (points.empty()) {
      whole.trials.append(trials, i++);
      continue;
    }
    planned_trial chosen = best_point(points, searched, results);
    for (; i < points.back().end; ++i) whole.trials.append(trials, i);
    chosen.role = trial_role::result;
    chosen.spec.repetition = study_of(chosen.spec.repetition) * study_stride;
    chosen.spec.train.stop_after.reset();
    chosen.hash = content_hash(chosen.spec);
    whole.trials.push_repetitions(std::move(chosen), searched.repetitions);
  }
  return whole;
}

}  // namespace ravine
