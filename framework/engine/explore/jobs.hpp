#pragma once

#include "core/error.hpp"
#include "plugin/registry.hpp"

#include <functional>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A request that asks for what can't be done; the message says what to change.
struct request_error : error {
  using error::error;
};

/// Runs a manifest of one landscape at once, each optimizer in a worker of its own, so that one that crashes
/// costs its own path alone. The request:
///
///     manifest   text, as for ravine run; at most 12 trials of 100,000 steps, one repetition
///     cells      optional: also draw the landscape, so many cells each way (8 … 256)
///     frame      optional: {lower: [x, y], upper: [x, y]} of that image, else the landscape's box
///
/// Answers {paths: [{label, status, reason, step, evaluations, x, y, loss, rates}], image}; the rates are
/// {step, lr} at each evaluation, or null without a learning rate. Throws request_error.
nlohmann::json trace_job(const nlohmann::json& request, const registry& plugins);

/// Runs a manifest of models with data, tuned or not, and reports each evaluation as it is made: the events
/// {event: "stage", tuned, missing}, {event: "trial" | "step" | "evaluation" | "end", trial, label, role, …}
/// and finally {event: "done"}. At most 8 trials, or 400 of a search. Nothing is kept. Throws request_error.
void train_job(const nlohmann::json& request, const registry& plugins, unsigned jobs,
               const std::function<void(const nlohmann::json&)>& tell);

}  // namespace ravine
