#pragma once

#include <chrono>

#include <sys/types.h>

namespace ravine {

/// How much of the time since it began a process had for itself, computing, sleeping or waiting for a disk:
/// all but what its threads were ready to run and others had the processors. So what hangs is found as soon
/// on a busy machine as on an idle one, and what merely waits for its turn is not taken for it. `elapsed` has
/// passed by the clock. Where the kernel counts no such waiting (CONFIG_SCHED_INFO), the processor time
/// alone.
std::chrono::duration<double> own_time(pid_t process, std::chrono::duration<double> elapsed);

}  // namespace ravine
