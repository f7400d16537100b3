#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace ravine {

/// What this process may use of the machine: a batch system or a container may grant less than there is.
struct resources {
  unsigned cores = 1;        ///< at least 1; a quota of processor time that is no whole number is rounded up
  std::uint64_t memory = 0;  ///< bytes
};

/// By the affinity mask, the machine's memory and the limits of the control groups (version 1 or 2) that this
/// process is in. `root` is where /proc and /sys are looked for.
resources granted_resources(const std::filesystem::path& root = "/");

/// How many processes the kernel has ended so far because memory ran out: of this process's control group, or
/// of the whole machine where the group does not count them. Nothing if neither can be read. `root` as above.
std::optional<std::uint64_t> oom_kills(const std::filesystem::path& root = "/");

}  // namespace ravine
