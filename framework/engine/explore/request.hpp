#pragma once

#include "plugin/registry.hpp"
#include "report/landscape_image.hpp"
#include "trial/plan.hpp"

#include <cstddef>
#include <optional>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// What a page sent, understood and within its limits, but not run yet. Each trial has limits of time and
/// memory.
struct trace_request {
  plan wanted;                       ///< of one landscape
  std::optional<std::size_t> cells;  ///< of its image, if that is wanted too
  std::optional<image_frame> frame;  ///< the landscape's box if it is left out
};

/// Throws request_error. For the form of requests see jobs.hpp.
trace_request read_trace_request(const nlohmann::json& request, const registry& plugins);
plan read_train_request(const nlohmann::json& request, const registry& plugins);

}  // namespace ravine
