#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/range_curve.hpp"
#include "trial/trial_spec.hpp"

namespace ravine {

struct range_test_settings;

/// run_range_test in a process of its own, so that a plugin that crashes or hangs ends its own test alone:
/// the curve's `fault` says what happened. The trial's time limit applies. Throws ravine::error if no process
/// can be started. Call while this process has no other threads.
range_curve run_range_test_in_process(const trial_spec& spec, const registry& plugins, const dataset* data,
                                      const range_test_settings& how);

}  // namespace ravine
