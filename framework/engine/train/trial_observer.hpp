#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ravine {

/// Watches a trial and may end it.
class trial_observer {
 public:
  enum class command { go_on, stop };

  virtual ~trial_observer() = default;
  /// Called between steps: each on data, every 64th on a landscape, where a step takes less than the call.
  /// `planned_steps` is 0 if the budget is not counted in steps. After `stop` the trial ends as interrupted,
  /// with a checkpoint if the specification asks for any.
  virtual command after_step(const cost& spent, std::uint64_t planned_steps, double loss) = 0;
  /// Called once, before the first step: how many parameters there are, and bytes of the optimizer's state
  /// and scratch.
  virtual void made(std::uint64_t /*parameters*/, std::uint64_t /*state_bytes*/,
                    std::uint64_t /*scratch_bytes*/) {}
  /// Whether `moved` is called; asked once, before the first step.
  virtual bool follows() const { return false; }
  /// Called with the parameters at the start, step 0, and after each step.
  virtual void moved(std::uint64_t /*step*/, std::span<const float>) {}
  virtual void moved(std::uint64_t /*step*/, std::span<const double>) {}
  /// Called with each evaluation as it is made.
  virtual void evaluated(const evaluation&) {}
  /// Called with each checkpoint that the specification asks for, to be kept until the next one.
  virtual void checkpoint(std::span<const std::byte>) {}
  /// Called before the trial ends, if it has used up its budget and the specification asks for it: with the
  /// state that a trial of the same lineage_hash and a longer budget can go on from.
  virtual void end_state(std::span<const std::byte>) {}
  /// Called if the trial goes on from the end of a shorter one, with what that had cost.
  virtual void went_on(const cost&) {}
  /// Called if the checkpoint given to run_trial does not fit the trial, which begins at its start then.
  /// `why` continues "the checkpoint". Not called for the end of a shorter trial that this one does not go on
  /// from.
  virtual void checkpoint_refused(const std::string& /*why*/) {}
};

}  // namespace ravine
