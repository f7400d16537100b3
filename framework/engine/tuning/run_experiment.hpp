#pragma once

#include "run/executor.hpp"
#include "store/store.hpp"
#include "trial/plan.hpp"

#include <cstddef>

namespace ravine {

/// Follows an experiment: its trials, and the stages that tuning divides it into.
class experiment_listener : public run_listener {
 public:
  /// Called before a stage runs. `stage` is the plan as far as it is known by then, and `missing` counts its
  /// trials that have no result yet. Without tuning an experiment is one stage; with it, each rung of the
  /// search that lacks results is one, the finalists' further trials are one, and the repetitions of the best
  /// configurations are the last.
  virtual void stage_began(const plan& /*stage*/, std::size_t /*missing*/) {}
  /// Called before that if the file holds results that an older version stored without the digest of their
  /// data, and nobody knows whether these were those of today: the `count` trials of the stage are run again.
  virtual void data_unknown(const plan& /*stage*/, std::size_t /*count*/) {}
};

/// How far an experiment came.
struct experiment_run {
  enum class ending { finished, stopped };

  ending end = ending::finished;  ///< stopped: by the listener, or since trials were interrupted
  plan last_stage;                ///< all trials of the experiment if it is finished
};

/// Gives each trial the SHA-256 of its data, which are loaded, and the hash that it has with it. Throws
/// data_error.
void identify_data(plan& experiment, executor& by);

/// Runs an experiment, or goes on with it: every trial of its plan that the results file does not hold, and
/// with tuning the search, rung by rung where `stop_early` is set, and the finalists, followed by all
/// repetitions of the best configuration of each optimizer on each problem. Each trial is saved when it ends,
/// before the listener is told. Which configuration is best depends on the stored results alone. Throws
/// store_error, data_error.
experiment_run run_experiment(const plan& experiment, store& results, executor& by,
                              experiment_listener& listener, const provenance& origin);

}  // namespace ravine
