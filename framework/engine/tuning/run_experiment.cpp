#include "tuning/run_experiment.hpp"

#include "tuning/choice.hpp"
#include "tuning/finalists.hpp"
#include "tuning/part.hpp"
#include "tuning/run_plan.hpp"
#include "tuning/rungs.hpp"

#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace ravine {
namespace {

enum class stage_kind { search, last };

class stages {
 public:
  stages(store& results, executor& by, experiment_listener& listener, const provenance& origin)
      : results_(results), by_(by), listener_(listener), origin_(origin) {}

  experiment_run::ending run(const plan& stage, stage_kind kind) {
    if (const std::size_t unknown = results_.add_data_digests(stage.trials); unknown > 0) {
      listener_.data_unknown(stage, unknown);
    }
    const trial_list missing = without_given_up(results_.missing(stage.trials));
    if (missing.empty() && kind == stage_kind::search) return experiment_run::ending::finished;
    listener_.stage_began(stage, missing.size());
    run_plan(stage, missing, results_, by_, listener_, origin_);
    const trial_list tried = results_.missing(missing);
    for (std::size_t i = 0; i < tried.size(); ++i) given_up_.insert(tried.hash(i));
    // Trials that were cut off, by the user or by something else, have no result to choose by.
    const bool stopped = !missing.empty() && (listener_.next() != run_listener::command::go_on ||
                                              !results_.unfinished(stage.trials).empty());
    return stopped ? experiment_run::ending::stopped : experiment_run::ending::finished;
  }

 private:
  /// What was lost, or ended for lack of memory, counts as a failure until the next command.
  trial_list without_given_up(trial_list missing) const {
    if (given_up_.empty()) return missing;
    trial_list others;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (!given_up_.contains(missing.hash(i))) others.append(missing, i);
    }
    return others;
  }

  store& results_;
  executor& by_;
  experiment_listener& listener_;
  const provenance& origin_;
  std::unordered_set<std::string> given_up_;  // hashes of trials that have a result for now
};

}  // namespace

void identify_data(plan& experiment, executor& by) {
  experiment.trials.set_data_digests([&](const data_request& each) { return by.data_digest(each); });
}

experiment_run run_experiment(const plan& experiment, store& results, executor& by,
                              experiment_listener& listener, const provenance& origin) {
  stages all(results, by, listener, origin);
  plan stage = experiment;
  identify_data(stage, by);
  const auto search_stopped = [&] {
    return all.run(stage, stage_kind::search) == experiment_run::ending::stopped;
  };
  const auto go_on_with = [&](plan next) {
    keep_places(stage, next);
    stage = std::move(next);
  };
  if (!experiment.tuning_metric.empty()) {
    const std::size_t rungs = experiment.stop_early ? experiment.stop_early->rungs : 0;
    for (std::size_t rung = 0;; ++rung) {
      if (search_stopped()) return {experiment_run::ending::stopped, std::move(stage)};
      if (rung == rungs) break;
      go_on_with(after_rung(stage, rung, results));
    }
    if (experiment.search.finalists > 0) {
      go_on_with(with_finalists(stage, results));
      if (search_stopped()) return {experiment_run::ending::stopped, std::move(stage)};
    }
    go_on_with(with_tuned_results(stage, results));
  }
  const experiment_run::ending end = all.run(stage, stage_kind::last);
  return {end, std::move(stage)};
}

}  // namespace ravine
