#pragma once

#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "validate/sample_inner.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ravine {

/// Parameters that look like a small network's, a matrix, a bias, a normalisation, or one vector if there are
/// too few.
class sample_layout : public parameter_layout {
 public:
  sample_layout(rv_dtype type, std::size_t parameters);
};

/// An optimizer at work on parameters of a layout, with every array in guarded memory. It is driven either by
/// gradients that are made up, or down a bowl: the sum of c x^2 / 2 with c between 1/2 and 1. A wrapper works
/// around a sample_inner. Before each step, scratch is filled with NaN.
class optimizer_rig {
 public:
  enum class gradient_view { writable, read_only };
  struct options {
    rv_dtype type = RV_F64;
    std::size_t parameters = 24;
    settings with = {};
    gradient_view gradients = gradient_view::writable;
    std::uint64_t total_steps = 200;  ///< that it is told are planned, each two of them an epoch
  };

  /// Throws plugin_error with the plugin's reason.
  optimizer_rig(const component& which, const options& wanted);
  optimizer_rig(const optimizer_rig&) = delete;
  optimizer_rig& operator=(const optimizer_rig&) = delete;

  /// Puts the parameters at the start, which has coordinates on both sides of the bowl and at its bottom, and
  /// sets up the state.
  void start();
  /// The same with all parameters alike.
  void start_at(double coordinate);
  /// A step with gradients between -1 and 1; which ones depends on `stream` and the step's number alone.
  void step(std::uint64_t stream = 1);
  /// The same step in three slices, out of order.
  void step_in_slices(std::uint64_t stream = 1);
  /// A step on which all gradients are `value`.
  void step_with(double value);
  /// A step down the bowl.
  void descend();
  /// The bowl's value where the optimizer wants to be evaluated.
  double loss();

  /// The bits of parameters and state.
  std::vector<std::byte> memory() const;
  /// Goes on from what `memory` of another rig gave after `steps` steps.
  void restore(const std::vector<std::byte>& saved, std::uint64_t steps);

  std::size_t size() const { return params_.size(); }
  double param(std::size_t i) const;
  bool is_finite() const;
  /// What was written around an array; "" if nothing was.
  std::string damage() const;
  std::uint64_t steps() const { return steps_; }

 private:
  static rv_status evaluate(void* context, const void* point, double* loss, void* grads);

  void begin(const std::function<double(std::size_t)>& coordinate);
  rv_step describe();
  void next_step();
  bool wraps() const { return optimizer_.which().can(RV_OPTIMIZER_WRAPS); }
  /// Calls visit(array) for all that lasts from step to step, of a rig that may be const.
  template <class Rig, class Visit>
  static void for_each_lasting(Rig& rig, Visit visit);
  void make_up_gradients(std::uint64_t stream);
  void take(const rv_step& whole) { optimizer_.step(whole); }

  sample_layout layout_;
  optimizer optimizer_;
  sample_inner inner_;
  std::vector<double> values_;
  aligned_array params_, grads_, point_;
  const void* shown_grads_;
  rv_closure closure_;
  std::uint64_t total_steps_;
  std::uint64_t steps_ = 0;
};

}  // namespace ravine
