#include "run/tuned.hpp"

#include "train/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ravine {
namespace {

bool belong_together(const planned_trial& a, const planned_trial& b) {
  const auto names = [](const planned_trial& trial) {
    return std::tie(trial.spec.problem.label, trial.spec.optimizer.label);
  };
  return names(a) == names(b);
}

/// Chooses among the points of one optimizer on one problem.
class selection {
 public:
  selection(const planned_trial& first, const plan& searched)
      : best_(&first), metric_(first.spec.problem.data ? searched.tuning_metric : "loss") {}

  const planned_trial& best() const { return *best_; }

  void consider(const planned_trial& trial, const store& results) {
    const auto score = results.final_metric(trial.hash, metric_);
    if (!score) return;
    const bool better = !score_ || (higher_is_better(metric_) ? *score > *score_ : *score < *score_);
    if (!better) return;
    score_ = score;
    best_ = &trial;
  }

 private:
  const planned_trial* best_;
  std::string metric_;
  std::optional<double> score_;
};

}  // namespace

plan with_tuned_results(const plan& searched, const store& results) {
  plan whole = searched;
  whole.trials.clear();
  const std::vector<planned_trial>& trials = searched.trials;
  for (std::size_t i = 0; i < trials.size();) {
    if (trials[i].role == trial_role::result) {
      whole.trials.push_back(trials[i++]);
      continue;
    }
    const planned_trial& first = trials[i];
    selection points(first, searched);
    for (; i < trials.size() && trials[i].role == trial_role::search && belong_together(trials[i], first);
         ++i) {
      points.consider(trials[i], results);
      whole.trials.push_back(trials[i]);
    }
    for (std::uint64_t repetition = 0; repetition < searched.repetitions; ++repetition) {
      planned_trial chosen = points.best();
      chosen.role = trial_role::result;
      chosen.spec.repetition = repetition;
      chosen.hash = content_hash(chosen.spec);
      whole.trials.push_back(std::move(chosen));
    }
  }
  return whole;
}

}  // namespace ravine
