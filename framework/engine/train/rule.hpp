#pragma once

#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "train/schedule.hpp"
#include "train/split_step.hpp"
#include "trial/trial_spec.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// What moves a trial's parameters: an optimizer with its schedules and, if it is a wrapper, with the rule
/// that it works around. The steps that it is given have everything but state, values and inner, and a
/// closure whether or not the optimizer wants one. Every call throws plugin_error with what the plugin said
/// if it fails.
class rule {
 public:
  /// What all rules of a trial are made for.
  struct setting {
    const registry& plugins;
    const parameter_layout& layout;
    const horizon& planned;
    std::size_t threads = 1;
    double lr_factor = 1;  ///< every hyperparameter named lr is multiplied by it
  };

  rule(const optimizer_spec& spec, const setting& in);
  ~rule();
  rule(const rule&) = delete;
  rule& operator=(const rule&) = delete;

  /// Gives every hyperparameter its value for a 1-based step of the trial.
  void begin_step(std::uint64_t number);
  /// Tells the schedules in force at that step of a metric, lower being better.
  void observe(std::uint64_t step, double metric);

  /// Sets up the state; call once before the first step unless a checkpoint is restored.
  void init_state(const rv_step& start);
  void step(const rv_step& now);

  /// Whether a step needs its own loss and gradient. Without them it has to evaluate something itself.
  bool wants_gradient() const { return !optimizer_.which().can(RV_OPTIMIZER_NO_GRADIENT); }
  /// Whether gradient_point or evaluation_point may ask for a point of their own.
  bool has_own_points() const;
  /// Whether the gradient, or the evaluation, is wanted at `point`, which has then been written.
  optimizer::point_use gradient_point(const rv_step& now, void* point);
  optimizer::point_use evaluation_point(const rv_step& now, void* point);

  /// Everything that lasts, and the workspaces: of optimizers, from the outermost inwards, and of schedules.
  std::vector<plugin_state*> states();
  /// Bytes that the optimizers remember; scratch does not count.
  std::size_t state_bytes() const;
  /// What was written around an array of an optimizer, with its name; "" if nothing was.
  std::string damage() const;
  /// Adds the current values worth recording, of an inner optimizer as inner.NAME.
  void record(std::map<std::string, double>& values, const std::string& prefix) const;

 private:
  struct inner_rule;

  rv_step own_step(const rv_step& given);
  std::size_t height() const;

  optimizer optimizer_;
  hyper_schedules schedules_;
  split_step split_step_;
  std::unique_ptr<inner_rule> inner_;  // null unless this is a wrapper
};

/// Whether any optimizer of a rule may evaluate more gradients in a step than the step's own.
bool may_evaluate_more(const optimizer_spec& spec, const registry& plugins);

}  // namespace ravine
