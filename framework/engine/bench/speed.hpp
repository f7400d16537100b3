#pragma once

#include "bench/measure.hpp"
#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// A step of one optimizer over a whole parameter vector.
struct step_speed {
  dtype type = dtype::f32;
  std::size_t parameters = 0;
  std::size_t threads = 1;
  double seconds = 0;
  /// What the rule has to move once: parameters and state read and written, gradients read.
  double bytes = 0;
  /// Seconds that memory, or the cache that holds all of it, needs for as many bytes: by a loop that adds in
  /// place to an array of the size of parameters, state and gradients together, timed in turns with the step.
  double memory_seconds = 0;
  /// Of a wrapper, which is measured around sgd: a step of sgd alone, timed in turns with it; else 0.
  double inner_seconds = 0;

  /// Of a wrapper: what it adds to a step of sgd, as times that memory could read or write the parameters.
  double own_passes() const;
};

/// One batch of 128 generated digits through a model, on one thread.
struct model_speed {
  std::string model;
  dtype type = dtype::f32;
  double loss_seconds = 0;      ///< the loss alone
  double gradient_seconds = 0;  ///< loss and gradient
  /// The matrix products of its dense layers by OpenBLAS alone; 0 if it has other layers. A model that leaves
  /// out zeros of its input can be faster.
  double product_seconds = 0;
};

/// What training costs around the arithmetic, on rosenbrock in two dimensions and double precision.
struct loop_speed {
  std::string optimizer;
  double step_seconds = 0;           ///< path recording thinned to a few points
  double recorded_step_seconds = 0;  ///< every point recorded
  double trial_seconds = 0;          ///< a trial of one step, in this process
};

/// The steps of one optimizer.
struct optimizer_speed {
  std::string optimizer;
  std::vector<step_speed> steps;
  std::string fault;  ///< why there are none, be it that the plugin has crashed; "" if there are
};

/// Every optimizer that takes no evaluations of its own, each in a process of its own. The lists are what is
/// measured: 1e3 … 1e7 parameters, and one thread or several, where the rule is elementwise. Call while this
/// process has no other threads.
std::vector<optimizer_speed> measure_steps(const registry& plugins,
                                           const std::vector<std::size_t>& parameters,
                                           const std::vector<std::size_t>& threads, const measuring& how);
/// What measure_models runs on. Throws data_error.
dataset digits_for_speed();
// These two load plugins into this process.
std::vector<model_speed> measure_models(const registry& plugins, const dataset& digits, const measuring& how);
std::vector<loop_speed> measure_loops(const registry& plugins, const measuring& how);

}  // namespace ravine
