#pragma once

#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/confinement.hpp"
#include "process/file_confinement.hpp"
#include "process/sandbox.hpp"
#include "process/syscall_filter.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ravine::testing {

inline constexpr confined_for both[] = {confined_for::loading, confined_for::running};

/// What `job` answers in a fork that is not confined yet, as jobs in a sandbox are.
inline std::string in_fork(const std::function<std::string()>& job) {
  prepare_confinement();
  set_confinement(confinement_mode::off);
  const sandbox_outcome outcome = try_in_sandbox(
      [&] {
        set_confinement(confinement_mode::on);
        return job();
      },
      {.time = std::chrono::seconds(20)});
  set_confinement(confinement_mode::on);
  if (outcome.ended != sandbox_outcome::how::answered) throw error(outcome.text);
  return outcome.text;
}

/// What `job` answers in a fork that was confined before.
inline std::string confined(confined_for purpose, const std::function<std::string()>& job,
                            const std::vector<std::filesystem::path>& writable = {}) {
  return in_fork([&] {
    confine(purpose, writable);
    return job();
  });
}

struct attempt {
  const char* name;
  std::function<long()> call;  ///< negative, with errno, if it is refused
};

/// "NAME: what happened" for each that was not refused with EPERM.
inline std::string not_refused(const std::vector<attempt>& all) {
  std::string names;
  for (const attempt& each : all) {
    errno = 0;
    const long answer = each.call();
    if (answer >= 0 || errno != EPERM)
      names += fmt::format("{}: {} {}\n", each.name, answer, std::strerror(errno));
  }
  return names;
}

/// A process that does nothing until it is killed.
inline child_process idle_process() {
  return child_process::fork([] {
    for (;;) pause();
  });
}

/// A folder with one file in it; skips where plugins can't be confined entirely.
class confinement : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!syscall_filter::is_supported() || landlock_version() == 0) GTEST_SKIP() << missing_confinement();
    std::filesystem::create_directories(folder);
    std::ofstream(file) << "kept";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) /
      fmt::format("{}-{}", ::testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
  const std::filesystem::path file = folder / "file";
};

}  // namespace ravine::testing
