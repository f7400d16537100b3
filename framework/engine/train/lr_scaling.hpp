#pragma once

#include "core/settings.hpp"
#include "plugin/component.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>

namespace ravine {

/// The linear scaling rule (Goyal et al. 2017, arXiv:1706.02677): the optimizer's hyperparameters with lr
/// multiplied by batch_size / lr_reference_batch if the trial has one. `batch_size` is that of a full batch
/// in this training. Throws plugin_error if there is no lr, or if the scaled one is out of its range.
settings scale_learning_rate(const component& optimizer, const trial_spec& spec, std::uint64_t batch_size);

}  // namespace ravine
