#include "tuning/later_trials.hpp"

#include "tuning/tried_points.hpp"

#include <algorithm>
#include <vector>

namespace ravine {

later_trials later_trials_of(const plan& experiment) {
  later_trials later;
  const search_effort& effort = experiment.search;
  for (std::size_t i = 0; i < experiment.trials.size();) {
    const std::vector<tried_point> points = search_from(experiment.trials, i);
    if (points.empty()) {
      ++i;
      continue;
    }
    std::size_t left = points.size();
    if (experiment.stop_early) {
      const amount& budget = experiment.trials.configuration(i).spec.train.budget;
      for (std::size_t rung = rungs_of(budget, *experiment.stop_early).size(); rung > 0; --rung) {
        left = survivors_of(left, *experiment.stop_early);
        later.continued += left * effort.repetitions;
      }
    }
    later.finalists += std::min<std::size_t>(left, effort.finalists) * effort.of_finalists();
    later.repetitions += experiment.repetitions;
    i = points.back().end;
  }
  return later;
}

}  // namespace ravine
