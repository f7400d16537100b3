#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "process/descriptor.hpp"
#include "process/shared_log.hpp"

#include <cstdint>

namespace ravine {

/// The life of a trial's process: takes its trial_job from the connection, runs it, and notes in `log` each
/// evaluation as it is made, and the result. `data` is null for a landscape.
[[noreturn]] void run_job(const descriptor& connection, std::uint64_t nonce, shared_log& log,
                          const registry& plugins, const dataset* data);

}  // namespace ravine
