#pragma once

#include "trial/plan.hpp"
#include "trial/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Where a trial that was begun before goes on.
struct kept_checkpoint {
  std::vector<std::byte> bytes;  ///< empty: at the start
  double seconds = 0;            ///< of wall-clock time that led there, for the trial's limits
};

/// How it stands with trials that run on other machines, part by part.
struct parts_progress {
  std::map<trial_status, std::uint64_t> ended = {};  ///< trials, since this was last told
  std::uint64_t running = 0;                         ///< parts
  std::uint64_t waiting = 0;                         ///< parts
  std::vector<std::string> nodes = {};               ///< on which parts run
  std::string reason = {};                           ///< why nothing runs, in the batch system's words
};

/// What an executor reports while trials run, and what it is told to do next.
class run_listener {
 public:
  enum class command {
    go_on,
    finish_trials,  ///< start no further one
    leave,          ///< end those in progress within seconds, with a checkpoint where they have any
    stop_now
  };

  virtual ~run_listener() = default;
  virtual void trial_began(const planned_trial& trial) = 0;
  /// Now and then within a trial. `planned_steps` is 0 if unknown.
  virtual void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                              double loss) = 0;
  /// Each evaluation as it is made.
  virtual void trial_evaluated(const planned_trial&, const evaluation&) {}
  virtual void trial_ended(const planned_trial& trial, const trial_result& result) = 0;
  /// Asked before a trial begins: a checkpoint of its own, or the end of a shorter one.
  virtual kept_checkpoint checkpoint_of(const planned_trial& /*trial*/) { return {}; }
  /// A checkpoint to keep until the next one, or the trial's end. `seconds` of wall-clock time have led
  /// there.
  virtual void trial_checkpoint(const planned_trial& /*trial*/, std::span<const std::byte> /*checkpoint*/,
                                double /*seconds*/) {}
  /// The state in which a trial ends, which is told later, for one of the same lineage_hash and a longer
  /// budget. `seconds` as above.
  virtual void trial_end_state(const planned_trial& /*trial*/, std::span<const std::byte> /*state*/,
                               double /*seconds*/) {}
  /// A trial goes on from such a state, with what it had cost up to there.
  virtual void trial_went_on(const planned_trial& /*trial*/, const cost& /*from*/) {}
  /// A checkpoint could not be kept or gone on from; `why` continues "the checkpoint".
  virtual void checkpoint_ignored(const planned_trial& /*trial*/, const std::string& /*why*/) {}
  /// Trials that ran elsewhere are not told of one by one: they are saved already.
  virtual void parts_advanced(const parts_progress& /*now*/) {}
  /// Something about the machines that trials run on, which is neither an error nor a trial's end.
  virtual void noticed(const std::string& /*what*/) {}
  /// Asked often.
  virtual command next() = 0;
};

/// Carries out trials: in this process, in workers, or on other machines.
class executor {
 public:
  virtual ~executor() = default;
  /// Loads what the trials need, so that a missing file stops an experiment before it starts. Throws
  /// data_error.
  virtual void prepare(std::span<const planned_trial> trials) = 0;
  /// The SHA-256 of the examples of a data set, which is loaded. Throws data_error.
  virtual std::string data_digest(const data_request& request) = 0;
  /// Runs the trials, in any order or side by side, until all have ended or the listener asks to stop.
  virtual void run(const trial_list& trials, run_listener& listener) = 0;
};

}  // namespace ravine
