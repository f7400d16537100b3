#pragma once

#include "process/sandbox.hpp"

#include <functional>
#include <string>

namespace ravine {

/// Exit status of a process that could not tell its parent what came of the job.
constexpr int connection_lost_status = 96;

/// The other side of a sandbox, in its process: gives up what belongs to the parent, runs `job` and sends
/// what came of it through `connection`. Ends the process.
[[noreturn]] void work_in_sandbox(int connection, const std::function<std::string()>& job,
                                  const sandbox_limits& limits);

}  // namespace ravine
