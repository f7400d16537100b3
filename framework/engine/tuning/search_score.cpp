#include "tuning/search_score.hpp"

#include "trial/trial_result.hpp"

#include <string>
#include <tuple>

namespace ravine {
namespace {

bool belong_together(const planned_trial& a, const planned_trial& b) {
  const auto names = [](const planned_trial& trial) {
    return std::tie(trial.spec.problem.label, trial.spec.optimizer.label);
  };
  return names(a) == names(b);
}

}  // namespace

std::optional<double> search_score(const planned_trial& trial, const plan& searched, const store& results) {
  const std::string metric = trial.spec.problem.data ? searched.tuning_metric : "loss";
  const auto value = results.final_metric(trial.hash, metric);
  if (!value) return std::nullopt;
  return higher_is_better(metric) ? -*value : *value;
}

std::size_t end_of_search(const trial_list& trials, std::size_t first) {
  std::size_t end = first;
  while (end < trials.size() && trials.configuration(end).role == trial_role::search &&
         belong_together(trials.configuration(end), trials.configuration(first))) {
    ++end;
  }
  return end;
}

}  // namespace ravine
