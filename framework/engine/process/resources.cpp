#include "process/resources.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// Of the affinity mask; as many as are online if there is none to be read.
unsigned cores_of_mask() {
  constexpr std::size_t most = 65536;  // processors
  std::vector<cpu_set_t> mask(most / (8 * sizeof(cpu_set_t)));
  const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
  if (sched_getaffinity(0, bytes, mask.data()) == 0) {
    return static_cast<unsigned>(std::max(1, CPU_COUNT_S(bytes, mask.data())));
  }
  return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

std::uint64_t memory_of_machine() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// The number that the file begins with; nothing for "max", -1 or no file.
std::optional<double> number_in(const fs::path& file) {
  std::ifstream in(file);
  double value = 0;
  return in >> value && value >= 0 ? std::optional(value) : std::nullopt;
}

/// Both numbers of cpu.max.
std::optional<double> cores_in(const fs::path& file) {
  std::ifstream in(file);
  double quota = 0;
  double period = 0;
  return in >> quota >> period && period > 0 ? std::optional(quota / period) : std::nullopt;
}

/// Calls `visit` with the controllers, in commas (",," for version 2), and the path of each group that this
/// process is in.
template <class Visit>
void visit_groups(const fs::path& root, Visit visit) {
  std::ifstream groups(root / "proc/self/cgroup");
  // NUMBER:CONTROLLERS:PATH, without controllers for version 2
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    visit("," + line.substr(first + 1, second - first - 1) + ",",
          fs::path(line.substr(second + 1)).relative_path());
  }
}

/// The number behind the word "oom_kill".
std::optional<std::uint64_t> oom_kills_in(const fs::path& file) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    std::uint64_t count = 0;
    if (word == "oom_kill" && in >> count) return count;
  }
  return std::nullopt;
}

class limits_of_groups {
 public:
  explicit limits_of_groups(const fs::path& root) {
    const fs::path mounts = root / "sys/fs/cgroup";
    visit_groups(root, [&](const std::string& controllers, const fs::path& path) {
      if (controllers == ",,") {
        for (const char* mount : {"", "unified"}) take_version_2(mounts / mount, path);
      }
      if (controllers.find(",cpu,") != std::string::npos) {
        for (const char* mount : {"cpu", "cpu,cpuacct"}) take_processor_time(mounts / mount, path);
      }
      if (controllers.find(",memory,") != std::string::npos) take_memory(mounts / "memory", path);
    });
  }

  std::optional<double> cores, memory;

 private:
  static void lower(std::optional<double>& limit, std::optional<double> to) {
    if (to) limit = std::min(limit.value_or(*to), *to);
  }
  /// A group has at most what those above it have. Those that can't be seen from here, as in a container, are
  /// left out.
  template <class Look>
  static void walk_up(fs::path path, Look look) {
    for (;; path = path.parent_path()) {
      look(path);
      if (path.empty()) return;
    }
  }
  void take_version_2(const fs::path& mount, const fs::path& group) {
    walk_up(group, [&](const fs::path& each) {
      lower(cores, cores_in(mount / each / "cpu.max"));
      lower(memory, number_in(mount / each / "memory.max"));
    });
  }
  void take_processor_time(const fs::path& mount, const fs::path& group) {
    walk_up(group, [&](const fs::path& each) {
      const auto quota = number_in(mount / each / "cpu.cfs_quota_us");
      const auto period = number_in(mount / each / "cpu.cfs_period_us");
      if (quota && period.value_or(0) > 0) lower(cores, *quota / *period);
    });
  }
  void take_memory(const fs::path& mount, const fs::path& group) {
    walk_up(group,
            [&](const fs::path& each) { lower(memory, number_in(mount / each / "memory.limit_in_bytes")); });
  }
};

}  // namespace

resources granted_resources(const fs::path& root) {
  resources granted{cores_of_mask(), memory_of_machine()};
  const limits_of_groups limits(root);
  if (limits.cores && *limits.cores < granted.cores) {
    granted.cores = std::max(1U, static_cast<unsigned>(std::ceil(*limits.cores)));
  }
  if (limits.memory && *limits.memory < static_cast<double>(granted.memory)) {
    granted.memory = static_cast<std::uint64_t>(*limits.memory);
  }
  return granted;
}

std::optional<std::uint64_t> oom_kills(const fs::path& root) {
  const fs::path mounts = root / "sys/fs/cgroup";
  std::optional<std::uint64_t> kills;
  visit_groups(root, [&](const std::string& controllers, const fs::path& path) {
    if (kills) return;
    if (controllers == ",,") {
      kills = oom_kills_in(mounts / path / "memory.events");
      if (!kills) kills = oom_kills_in(mounts / "unified" / path / "memory.events");
    } else if (controllers.find(",memory,") != std::string::npos) {
      kills = oom_kills_in(mounts / "memory" / path / "memory.oom_control");
    }
  });
  return kills ? kills : oom_kills_in(root / "proc/vmstat");
}

}  // namespace ravine
