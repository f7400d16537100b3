#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "train/trial_result.hpp"
#include "train/trial_spec.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace ravine {

/// Watches a trial and may end it.
class trial_observer {
 public:
  enum class wish { go_on, stop };

  virtual ~trial_observer() = default;
  /// Called between steps: each on data, every 64th on a landscape, where a step takes less than the call.
  /// `planned_steps` is 0 if the budget is not counted in steps. After `stop` the trial ends as interrupted.
  virtual wish after_step(const cost& spent, std::uint64_t planned_steps, double loss) = 0;
  /// Called with each evaluation as it is made.
  virtual void evaluated(const evaluation&) {}
  /// Called with each checkpoint that the specification asks for, to be kept until the next one.
  virtual void checkpoint(std::span<const std::byte>) {}
  /// Called if the checkpoint given to run_trial does not fit the trial, which begins at its start then.
  /// `why` continues "the checkpoint".
  virtual void checkpoint_refused(const std::string& /*why*/) {}
};

/// How much of the path over a landscape is kept: at most about 1,000 points evenly spaced in steps, or all.
enum class path_recording { thinned, every_step };

/// Runs one trial, from its starting point until its budget, target or a fault ends it. Every fault of a
/// plugin is a status of the result, with the curve up to then. `data` is what load_dataset gave for the
/// problem, null for a landscape. With a checkpoint of the same trial it goes on from there, to the same bits
/// as without; the evaluations before it are reported once more.
trial_result run_trial(const trial_spec& spec, const registry& plugins, const dataset* data,
                       trial_observer& observer, path_recording recording = path_recording::thinned,
                       std::span<const std::byte> checkpoint = {});

}  // namespace ravine
