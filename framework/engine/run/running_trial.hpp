#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace ravine {

/// A process that runs a trial, as its account sees it.
class running_trial {
 public:
  virtual ~running_trial() = default;

  /// What the trial has noted up to now (note_message).
  virtual std::span<const std::byte> log() const = 0;
  /// Since it began, with those before the checkpoint that it goes on from.
  virtual double seconds() const = 0;
  /// Whether the kernel has ended a process, probably the trial's, for lack of memory since it began; nothing
  /// if that can't be known.
  virtual std::optional<bool> saw_oom_kill() const = 0;
  /// The BLAS that the plugins have brought; empty before it has loaded, or without one.
  virtual const blas_library& blas() const = 0;
};

}  // namespace ravine
