#include "program.hpp"
#include "results.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Where a results file lies, and what lies beside it.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto short_one = R"(name: short
problems: [{use: rosenbrock, train: {steps: 20}}]
optimizers: [{use: sgd, with: {lr: 0.001}}]
)";

/// The program where system calls answer as on another file system.
std::map<std::string, std::string> elsewhere(const std::string& variable, const std::string& value) {
  return {{"LD_PRELOAD", RAVINE_OTHER_FILE_SYSTEM}, {variable, value}};
}

class other_file_systems : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(RAVINE_SANITIZE_ADDRESS)
    GTEST_SKIP() << "AddressSanitizer wants to be loaded before anything else";
#endif
  }
};

TEST_F(other_file_systems, without_locks_are_named_and_left_as_they_were) {
  const work_folder folder;
  folder.write("short.yaml", short_one);
  for (const int fault : {ENOSYS, ENOLCK, EOPNOTSUPP}) {
    const outcome refused =
        run_ravine(folder, {"run", "short.yaml"}, elsewhere("FLOCK_ERRNO", std::to_string(fault)));
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("short.db: its file system has no locks (flock: "),
                      HasSubstr("give --out a file on a local disk, and copy it here afterwards"),
                      Not(HasSubstr("another ravine run"))));
    EXPECT_FALSE(fs::exists(folder / "short.db"));
  }
  const outcome other =
      run_ravine(folder, {"run", "short.yaml"}, elsewhere("FLOCK_ERRNO", std::to_string(EIO)));
  EXPECT_THAT(other.err, HasSubstr("short.db: can't be locked: Input/output error"));
}

TEST_F(other_file_systems, without_shared_memory_get_a_rollback_journal) {
  const work_folder folder;
  folder.write("short.yaml", short_one);
  const outcome done = run_ravine(folder, {"run", "short.yaml"}, elsewhere("NO_SHARED_MEMORY", "1"));
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(rows_of(folder / "short.db", "PRAGMA journal_mode"), ElementsAre("delete"));
  EXPECT_THAT(rows_of(folder / "short.db", "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(run_ravine(folder, {"compare", "short.db"}, elsewhere("NO_SHARED_MEMORY", "1")).status, 0);
  for (const char* suffix : {"-wal", "-shm", "-journal", "-lock"}) {
    EXPECT_FALSE(fs::exists((folder / "short.db") += suffix)) << suffix;
  }
}

TEST_F(other_file_systems, that_can_not_read_a_file_in_wal_mode_are_named) {
  const work_folder folder;
  folder.write("short.yaml", short_one);
  ASSERT_EQ(run_ravine(folder, {"run", "short.yaml"}).status, 0);
  const auto without = elsewhere("NO_SHARED_MEMORY", "1");
  const outcome refused = run_ravine(folder, {"compare", "short.db"}, without);
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("short.db: its file system can't do what SQLite's WAL needs"),
                    HasSubstr("copy the file, and its -wal file if there is one, to a local disk")));
  const outcome done = run_ravine(folder, {"run", "short.yaml"}, without);
  EXPECT_EQ(done.status, 0) << "who writes takes it out of that mode" << done.err;
  EXPECT_EQ(run_ravine(folder, {"compare", "short.db"}, without).status, 0);
}

TEST_F(other_file_systems, of_a_network_get_a_rollback_journal_and_a_lock_beside_the_file) {
  const work_folder folder;
  folder.write("short.yaml", short_one);
  const auto nfs = elsewhere("STATFS_TYPE", "0x6969");
  ASSERT_EQ(run_ravine(folder, {"run", "short.yaml"}).status, 0);
  const outcome again = run_ravine(folder, {"run", "short.yaml", "--set", "repetitions=2"}, nfs);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(rows_of(folder / "short.db", "PRAGMA journal_mode"), ElementsAre("delete"))
      << "it was in WAL mode";
  EXPECT_EQ(number_of(folder / "short.db", "SELECT count(*) FROM trials"), 2);
  EXPECT_TRUE(fs::exists(folder / "short.db-lock"));
  EXPECT_EQ(fs::file_size(folder / "short.db-lock"), 0U);
  folder.write("long.yaml",
               "problems: [{use: rosenbrock, train: {steps: 100000000}}]\noptimizers: [{use: adam, with: "
               "{lr: 1e-9}}]\n");
  program first(folder, {"run", "long.yaml", "--out", "short.db"}, nfs);
  ASSERT_TRUE(first.says(" to run, into"));
  EXPECT_THAT(run_ravine(folder, {"run", "short.yaml"}, nfs).err,
              HasSubstr("another ravine run is writing to it"));
  EXPECT_EQ(run_ravine(folder, {"compare", "short.db"}, nfs).status, 0) << "it can be read meanwhile";
  first.send(SIGTERM);
  first.finish();
}

TEST(reading, leaves_no_files_beside_a_results_file) {
  const work_folder folder;
  folder.write("short.yaml", short_one);
  ASSERT_EQ(run_ravine(folder, {"run", "short.yaml"}).status, 0);
  const auto written = fs::last_write_time(folder / "short.db");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"compare", "short.db"}, {"run", "short.yaml", "--dry-run"}}) {
    EXPECT_EQ(run_ravine(folder, command).status, 0);
    for (const char* suffix : {"-wal", "-shm"})
      EXPECT_FALSE(fs::exists((folder / "short.db") += suffix)) << suffix;
  }
  EXPECT_EQ(fs::last_write_time(folder / "short.db"), written);
}

}  // namespace
