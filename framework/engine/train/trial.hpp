#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "train/trial_observer.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <span>

namespace ravine {

/// How much of the path over a landscape is kept: what a drawing shows, at most 8,192 points, or all.
enum class path_recording { thinned, every_step };

/// Runs one trial, from its starting point until its budget, target or a fault ends it. Every fault of a
/// plugin is a status of the result, with the curve up to then. `data` is what load_dataset gave for the
/// problem, null for a landscape. With a checkpoint of the same trial, or the end_state of a shorter one,
/// it goes on from there, to the same bits as without; the evaluations before it are reported once more.
/// Where the shorter trial's steps depended on its length, it begins at its start.
trial_result run_trial(const trial_spec& spec, const registry& plugins, const dataset* data,
                       trial_observer& observer, path_recording recording = path_recording::thinned,
                       std::span<const std::byte> checkpoint = {});

}  // namespace ravine
