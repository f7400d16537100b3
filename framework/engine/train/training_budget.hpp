#pragma once

#include "train/schedule.hpp"
#include "train/trial.hpp"

#include <cstdint>

namespace ravine {

/// How long a trial trains, and after which steps it is evaluated.
class training_budget {
 public:
  /// `steps_per_epoch` is 0 without data. Throws plugin_error for lengths in epochs then.
  training_budget(const trial_spec& spec, std::uint64_t steps_per_epoch, bool one_evaluation_a_step);

  /// The whole of it, by which schedules go, whether or not the trial stops early.
  const horizon& planned() const { return planned_; }
  /// Begun ones count; 0 where the number of steps is unknown, and without data.
  std::uint64_t planned_epochs() const;
  bool left(const cost& spent) const;
  /// Whether a search trial has come as far as it was to prove itself.
  bool stops_early(const cost& spent) const;
  double in_steps(const amount& length) const;
  /// The step after which the next evaluation would be due without an end, when so many were made in so many
  /// steps.
  std::uint64_t regular_evaluation(std::uint64_t evaluations, std::uint64_t steps) const;
  /// The step after which it is due: the last one at the latest.
  std::uint64_t next_evaluation(std::uint64_t evaluations, std::uint64_t steps) const;

 private:
  std::uint64_t known_steps(const amount& length) const;

  const trial_spec& spec_;
  bool one_evaluation_a_step_;
  horizon planned_;
  std::uint64_t last_step_;  // of the trial, which may stop early; 0 where that is unknown
};

}  // namespace ravine
