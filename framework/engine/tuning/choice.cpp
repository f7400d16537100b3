#include "tuning/choice.hpp"

#include "tuning/search_score.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace ravine {
namespace {

/// The best of the points that were run to their end; of equal ones, and where none came through, the first.
planned_trial best_point(const plan& searched, std::size_t begin, std::size_t end, const store& results) {
  std::size_t best = begin;
  std::optional<double> best_score;
  for (std::size_t i = begin; i < end; ++i) {
    if (searched.trials.configuration(i).spec.train.stop_after) continue;
    const auto score = search_score(searched.trials[i], searched, results);
    if (!score || (best_score && *score >= *best_score)) continue;
    best_score = score;
    best = i;
  }
  return searched.trials[best];
}

}  // namespace

plan with_tuned_results(const plan& searched, const store& results) {
  plan whole = searched;
  whole.trials.clear();
  const trial_list& trials = searched.trials;
  for (std::size_t i = 0; i < trials.size();) {
    if (trials.configuration(i).role == trial_role::result) {
      whole.trials.append(trials, i++);
      continue;
    }
    const std::size_t end = end_of_search(trials, i);
    planned_trial chosen = best_point(searched, i, end, results);
    for (; i < end; ++i) whole.trials.append(trials, i);
    chosen.role = trial_role::result;
    chosen.spec.repetition = 0;
    chosen.spec.train.stop_after.reset();
    chosen.hash = content_hash(chosen.spec);
    whole.trials.push_repetitions(std::move(chosen), searched.repetitions);
  }
  return whole;
}

}  // namespace ravine
