#pragma once

#include "core/settings.hpp"
#include "plugin/component.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>

namespace ravine {

/// The linear scaling rule (Goyal et al. 2017, arXiv:1706.02677): what learning rates are multiplied by,
/// batch_size / lr_reference_batch if the trial has one, else 1. `batch_size` is that of a full batch in this
/// training. Throws plugin_error if no optimizer of the trial has an lr.
double learning_rate_factor(const trial_spec& spec, std::uint64_t batch_size, const registry& plugins);

/// The optimizer of a rule, the innermost first, that has an lr: null if none has.
const optimizer_spec* with_learning_rate(const optimizer_spec& spec, const registry& plugins);
optimizer_spec* with_learning_rate(optimizer_spec& spec, const registry& plugins);

/// Hyperparameters with lr, if it is one of them, multiplied by the factor. Throws plugin_error if the scaled
/// one is out of its range.
settings scale_learning_rate(const component& optimizer, const settings& with, double factor);

}  // namespace ravine
