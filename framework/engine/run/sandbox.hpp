#pragma once

#include <functional>
#include <string>

namespace ravine {

/// Runs `job` in a process forked from this one and answers what it answered there, so that a plugin that
/// crashes or hangs costs the answer alone. Throws ravine::error with the job's own message if it threw, or
/// with what became of its process. Call while this process has no other threads.
std::string in_sandbox(const std::function<std::string()>& job, double most_seconds);

}  // namespace ravine
