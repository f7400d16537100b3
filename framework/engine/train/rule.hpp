#pragma once

#include "plugin/instance.hpp"
#include "plugin/registry.hpp"
#include "train/schedule.hpp"
#include "trial/trial_spec.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// What moves parameters: an optimizer with its schedules and, if it is a wrapper, with the rule that it
/// works around; or several of them, each with tensors of its own. The steps that a rule is given have
/// everything but state, values and inner, and a closure whether or not the optimizer wants one. Every call
/// throws plugin_error with what the plugin said if it fails.
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

  using point_use = optimizer::point_use;

  rule() = default;
  virtual ~rule() = default;
  rule(const rule&) = delete;
  rule& operator=(const rule&) = delete;

  /// Gives every hyperparameter its value for a 1-based step of the trial.
  virtual void begin_step(std::uint64_t number) = 0;
  /// Tells the schedules in force at that step of a metric, lower being better.
  virtual void observe(std::uint64_t step, double metric) = 0;

  /// Sets up the state; call once before the first step unless a checkpoint is restored.
  virtual void init_state(const rv_step& start) = 0;
  virtual void step(const rv_step& now) = 0;

  /// Whether a step needs its own loss and gradient. Without them it has to evaluate something itself.
  virtual bool wants_gradient() const = 0;
  /// Whether gradient_point or evaluation_point may ask for a point of their own.
  virtual bool has_own_points() const = 0;
  /// Whether the gradient, or the evaluation, is wanted at `point`, which has then been written.
  virtual point_use gradient_point(const rv_step& now, void* point) = 0;
  virtual point_use evaluation_point(const rv_step& now, void* point) = 0;

  /// Everything that lasts, and the workspaces: of optimizers, from the outermost inwards, and of schedules.
  virtual std::vector<plugin_state*> states() = 0;
  /// Bytes that the optimizers remember; scratch does not count.
  virtual std::size_t state_bytes() const = 0;
  /// What was written around an array of an optimizer, with its name; "" if nothing was.
  virtual std::string damage() const = 0;
  /// Adds the current values worth recording: lr, of an inner optimizer inner.lr, of a group [norm].lr.
  virtual void record(std::map<std::string, double>& values, const std::string& prefix) const = 0;
  /// How many wrappers lie around the innermost optimizer.
  virtual std::size_t height() const = 0;
};

std::unique_ptr<rule> make_rule(const optimizer_spec& spec, const rule::setting& in);

/// Whether any optimizer of a rule may evaluate more gradients in a step than the step's own.
bool may_evaluate_more(const optimizer_spec& spec, const registry& plugins);

}  // namespace ravine
