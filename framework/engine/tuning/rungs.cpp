#include "tuning/rungs.hpp"

#include "tuning/search_score.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace ravine {
namespace {

/// Points at the rung, best first.
std::vector<std::size_t> ranked(const plan& searched, std::size_t begin, std::size_t end, const amount& rung,
                                const store& results) {
  std::vector<std::pair<double, std::size_t>> scored;
  for (std::size_t i = begin; i < end; ++i) {
    const planned_trial trial = searched.trials[i];
    if (trial.spec.train.stop_after != rung) continue;
    const double worst = std::numeric_limits<double>::infinity();
    scored.emplace_back(search_score(trial, searched, results).value_or(worst), i);
  }
  std::ranges::sort(scored);
  std::vector<std::size_t> places;
  places.reserve(scored.size());
  for (const auto& [score, place] : scored) places.push_back(place);
  return places;
}

}  // namespace

plan after_rung(const plan& searched, std::size_t rung, const store& results) {
  std::map<std::size_t, planned_trial> going_on;  // by their places
  for (std::size_t begin = 0; begin < searched.trials.size();) {
    const planned_trial& first = searched.trials.configuration(begin);
    const std::size_t end = end_of_search(searched.trials, begin);
    if (end == begin) {
      ++begin;
      continue;
    }
    const std::vector<amount> rungs = rungs_of(first.spec.train.budget, *searched.stop_early);
    if (rung < rungs.size()) {
      std::vector<std::size_t> going = ranked(searched, begin, end, rungs[rung], results);
      going.resize(survivors_of(going.size(), *searched.stop_early));
      for (const std::size_t i : going) {
        planned_trial trial = searched.trials[i];
        trial.spec.train.stop_after = rung + 1 < rungs.size() ? std::optional(rungs[rung + 1]) : std::nullopt;
        trial.hash = content_hash(trial.spec);
        going_on.emplace(i, std::move(trial));
      }
    }
    begin = end;
  }
  plan next = searched;
  next.trials.clear();
  for (std::size_t i = 0; i < searched.trials.size(); ++i) {
    const auto changed = going_on.find(i);
    if (changed == going_on.end()) {
      next.trials.append(searched.trials, i);
    } else {
      next.trials.push_back(std::move(changed->second));
    }
  }
  return next;
}

}  // namespace ravine
