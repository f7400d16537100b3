#include "process/own_time.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace ravine {
namespace {

using seconds = std::chrono::duration<double>;

/// Of the thread that waited longest, since they wait at the same time; nothing if none can be read.
std::optional<seconds> waited_for_processor(pid_t process) {
  namespace fs = std::filesystem;
  std::optional<seconds> longest;
  std::error_code gone;
  fs::directory_iterator thread("/proc/" + std::to_string(process) + "/task", gone);
  for (const fs::directory_iterator end; !gone && thread != end; thread.increment(gone)) {
    std::ifstream counts(thread->path() / "schedstat");
    std::uint64_t ran = 0, waited = 0;  // nanoseconds
    if (!(counts >> ran >> waited)) continue;
    longest = std::max(longest.value_or(seconds(0)), seconds(static_cast<double>(waited) * 1e-9));
  }
  return longest;
}

seconds processor_time(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0) return seconds(0);
  return seconds(static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec));
}

}  // namespace

seconds own_time(pid_t process, seconds elapsed) {
  const std::optional<seconds> waited = waited_for_processor(process);
  return waited ? std::max(elapsed - *waited, seconds(0)) : processor_time(process);
}

}  // namespace ravine
