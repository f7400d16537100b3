#include "process/resources.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1 << 20U;

/// A folder with files of /proc and /sys, gone after the test.
class made_up_system {
 public:
  explicit made_up_system(const std::map<std::string, std::string>& files) {
    std::string name = (fs::temp_directory_path() / "ravine-system-XXXXXX").string();
    root = mkdtemp(name.data());
    for (const auto& [file, text] : files) {
      fs::create_directories((root / file).parent_path());
      std::ofstream(root / file) << text;
    }
  }
  ~made_up_system() { fs::remove_all(root); }
  made_up_system(const made_up_system&) = delete;
  made_up_system& operator=(const made_up_system&) = delete;

  fs::path root;
};

resources granted_by(const std::map<std::string, std::string>& files) {
  return granted_resources(made_up_system(files).root);
}

const resources everything = granted_by({});

TEST(resources, are_those_of_the_mask_and_the_machine_without_control_groups) {
  cpu_set_t mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_EQ(everything.cores, static_cast<unsigned>(CPU_COUNT(&mask)));
  EXPECT_GT(everything.memory, 64 * mebibyte);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(granted_by({}).cores, 1U);
  sched_setaffinity(0, sizeof mask, &mask);
}

TEST(resources, are_limited_by_groups_of_version_2) {
  const resources limited = granted_by({{"proc/self/cgroup", "0::/batch/job 7/step\n"},
                                        {"sys/fs/cgroup/batch/job 7/step/cpu.max", "max 100000\n"},
                                        {"sys/fs/cgroup/batch/job 7/step/memory.max", "max\n"},
                                        {"sys/fs/cgroup/batch/job 7/cpu.max", "90000 100000\n"},
                                        {"sys/fs/cgroup/batch/memory.max", "33554432\n"}});
  EXPECT_EQ(limited.cores, 1U);
  EXPECT_EQ(limited.memory, 32 * mebibyte) << "the group above has less";
}

TEST(resources, are_limited_by_groups_of_version_1) {
  const resources limited =
      granted_by({{"proc/self/cgroup", "7:cpuset:/\n4:memory:/a\n2:cpu,cpuacct:/a\n0::/\n"},
                  {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "16777216\n"},
                  {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n"},
                  {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"}});
  EXPECT_EQ(limited.cores, 1U) << "half a core can run one thread";
  EXPECT_EQ(limited.memory, 16 * mebibyte);
}

TEST(resources, of_a_whole_number_of_cores_are_just_as_many) {
  const resources limited =
      granted_by({{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/cpu.max", "100000 100000\n"}});
  EXPECT_EQ(limited.cores, 1U);
}

TEST(resources, in_a_container_are_those_of_the_group_at_the_top) {
  const resources limited = granted_by(
      {{"proc/self/cgroup", "0::/somewhere/on/the/host\n"}, {"sys/fs/cgroup/memory.max", "67108864\n"}});
  EXPECT_EQ(limited.memory, 64 * mebibyte);
}

TEST(resources, are_all_there_are_where_groups_say_nothing_or_nonsense) {
  const resources limited =
      granted_by({{"proc/self/cgroup", "x\n::\n4:memory:/a\n2:cpu:/\n0::/b\n"},
                  {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n"},
                  {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                  {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
                  {"sys/fs/cgroup/b/cpu.max", "100000 0\n"},
                  {"sys/fs/cgroup/b/memory.max", "many\n"}});
  EXPECT_EQ(limited.cores, everything.cores);
  EXPECT_EQ(limited.memory, everything.memory);
}

std::optional<std::uint64_t> oom_kills_by(const std::map<std::string, std::string>& files) {
  return oom_kills(made_up_system(files).root);
}

TEST(oom_kills, are_those_of_the_group_or_else_of_the_machine) {
  const std::map<std::string, std::string> machine{{"proc/vmstat", "nr_free_pages 5\noom_kill 7\ndrop 1\n"}};
  const auto with = [&](std::map<std::string, std::string> more) {
    more.insert(machine.begin(), machine.end());
    return oom_kills_by(more);
  };
  EXPECT_EQ(
      with({{"proc/self/cgroup", "0::/a/b\n"},
            {"sys/fs/cgroup/a/b/memory.events", "low 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 0\n"}}),
      3U);
  EXPECT_EQ(
      with({{"proc/self/cgroup", "4:memory:/a\n0::/\n"},
            {"sys/fs/cgroup/memory/a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"}}),
      4U);
  EXPECT_EQ(with({{"proc/self/cgroup", "0::/\n"}}), 7U) << "the root counts none";
  EXPECT_EQ(with({}), 7U);
  EXPECT_EQ(oom_kills_by({}), std::nullopt);
  EXPECT_EQ(oom_kills_by({{"proc/vmstat", "nr_free_pages 5\n"}}), std::nullopt);
}

}  // namespace
}  // namespace ravine
