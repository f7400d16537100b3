#pragma once

#include "core/settings.hpp"
#include "store/provenance.hpp"
#include "trial/plan.hpp"
#include "trial/range_curve.hpp"
#include "trial/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ravine {

/// A trial read back: enough to compare; its path over a landscape is read with trajectory_of.
struct stored_trial {
  std::int64_t id = 0;
  std::string experiment;
  std::string problem;                        ///< label
  std::string optimizer;                      ///< label
  settings point;                             ///< the searched values; empty without search
  std::map<std::string, double> shares = {};  ///< see planned_trial
  std::uint64_t repetition = 0;
  trial_role role = trial_role::result;
  std::string spec;           ///< canonical JSON of what determined the outcome, see to_json
  std::string target_metric;  ///< empty if the trial had none
  double target_value = 0;
  std::vector<double> easier_targets = {};  ///< further values of the metric that the plan asks about
  trial_result result;                      ///< path left empty
  provenance origin;
  std::vector<stand_in> stand_ins = {};  ///< among the components that it used
};

/// An experiment as it was last planned.
struct stored_experiment {
  std::string name;
  std::string manifest;  ///< as it was run
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::string planned_at;      ///< UTC, "2026-01-31 12:00:00"
  std::uint64_t planned = 0;   ///< trials; of a part of an experiment: those of the whole
  std::uint64_t finished = 0;  ///< of these, that have results: not those that were interrupted
};

/// A learning-rate range test, the latest of an optimizer on a problem.
struct stored_range_test {
  std::string experiment;
  std::string problem;    ///< label
  std::string optimizer;  ///< label
  double smoothing = 0;   ///< see range_test_settings
  range_curve curve;
};

/// The state of an unfinished trial.
struct stored_checkpoint {
  std::vector<std::byte> state;  ///< see train/checkpoint
  double seconds = 0;            ///< of wall-clock time that led there
  provenance origin;
};

}  // namespace ravine
