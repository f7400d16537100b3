#pragma once

#include "process/sandbox.hpp"

#include <functional>
#include <string>

namespace ravine {

/// The other side of a sandbox, in its process: gives up what belongs to the parent, runs `job` and sends
/// what came of it through `connection`. Ends the process.
[[noreturn]] void work_in_sandbox(int connection, const std::function<std::string()>& job,
                                  const sandbox_limits& limits);

}  // namespace ravine
