#pragma once

#include "experiment/plan.hpp"
#include "plugin/registry.hpp"

#include <cstddef>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The plan of the manifest that a page sent, with limits of time and memory on each trial. Throws
/// request_error with every mistake, or if it asks for more than `most_trials`.
plan plan_of_request(const nlohmann::json& request, const registry& plugins, std::size_t most_trials,
                     const limits_spec& limits);

}  // namespace ravine
