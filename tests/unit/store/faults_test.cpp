#include "store/errors.hpp"
#include "unit/store/store_support.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

// A file that can't be used says why and loses nothing.
namespace ravine {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct store_faults : results_file_test {};

TEST_F(store_faults, a_curve_that_makes_no_sense_is_reported) {
  make();
  execute("UPDATE evaluations SET checksum = NULL");  // as if it had been saved so
  for (const char* points : {"", "[", "[[0,0,0,0,0,1]", "[[0,0,0,0,0,1,2]]", "[[0,0,0,0,0,]]",
                             "[[-1,0,0,0,0,1]]", "[[0,0,0,0,0,1,2,3]]x", "[[0,0,0,0,0,Inf,1,1]]"}) {
    execute(fmt::format("UPDATE evaluations SET points = '{}'", points));
    EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: expected ")) << points;
  }
  execute("UPDATE evaluations SET points = '[[0,0,0,0,0,1,x,3]]'");
  EXPECT_THAT(fault_of_reading(),
              HasSubstr("the file is damaged: expected a number of a curve, found \"x,3]]\""));
  execute("UPDATE evaluations SET metrics = '{}'");
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: expected a list of metrics, found {}"));
}

TEST_F(store_faults, what_is_no_results_file_is_refused_and_stays) {
  std::ofstream(file) << std::string(5000, 'x');
  EXPECT_THAT(fault_of_writing(), HasSubstr("it is not one of Ravine's results files; name another one"));
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is not one of Ravine's results files"));
  EXPECT_EQ(fs::file_size(file), 5000U);
}

TEST_F(store_faults, another_programs_database_is_refused) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
  EXPECT_THAT(fault_of_writing(), HasSubstr("it is an SQLite file, but not one of Ravine's results"));
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is an SQLite file, but not one of Ravine's results"));
}

TEST_F(store_faults, an_absent_or_empty_file_has_nothing_to_read) {
  EXPECT_THAT(fault_of_reading(), HasSubstr("there is no such file; ravine run makes one"));
  EXPECT_FALSE(fs::exists(file));
  std::ofstream(file).close();
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is empty; ravine run fills it"));
}

TEST_F(store_faults, a_folder_that_is_not_there_is_named) {
  file = folder.path() / "nowhere" / "results.db";
  EXPECT_THAT(fault_of_writing(), HasSubstr("can't be opened for writing: No such file or directory"));
}

TEST_F(store_faults, a_file_that_may_not_be_written_is_refused) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write to everything";
  make();
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_THAT(fault_of_writing(), HasSubstr("can't be opened for writing: Permission denied"));
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
}

TEST_F(store_faults, a_damaged_page_is_reported) {
  make();
  const auto size = static_cast<std::streamoff>(fs::file_size(file));
  for (std::streamoff page = 4096; page < size; page += 4096) write_bytes(page, std::string(64, '\xff'));
  EXPECT_THAT(fault_of_reading(),
              AllOf(HasSubstr("the file is damaged: "),
                    HasSubstr("keep a copy, and save what can be read: sqlite3 FILE .recover")));
}

TEST_F(store_faults, values_that_make_no_sense_are_reported) {
  make();
  execute("UPDATE trials SET status = 'fine'");
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: found the trial status fine"));
  execute("UPDATE trials SET status = 'completed'; UPDATE planned SET point = '[1'");
  EXPECT_THAT(fault_of_reading(),
              HasSubstr("the file is damaged: found [1, expected hyperparameters as JSON"));
}

TEST_F(store_faults, a_truncated_file_is_reported) {
  make();
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THAT(fault_of_reading(), AllOf(HasSubstr("the file is damaged"), HasSubstr("malformed")));
  fs::resize_file(file, 50);
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged"));
}

TEST_F(store_faults, a_full_disk_loses_nothing_that_was_saved) {
  make();
  store results = store::open(file);
  planned_trial second = trial_named("second");
  trial_result large = full_result();
  large.path.steps.resize(1 << 18);
  large.path.evaluations.resize(1 << 18);
  large.path.losses.resize(1 << 18);
  large.path.points.resize(1 << 19);
  // No file may grow beyond a megabyte: the system answers as if the disk were full.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1 << 20, before.rlim_max};
  void (*const handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string fault = fault_of([&] { results.save(second, large, origin); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(fault, HasSubstr("what was saved before is safe"));
  EXPECT_FALSE(results.has(second));
  EXPECT_TRUE(results.has(trial_named("adam")));
  results.save(second, large, origin);
  EXPECT_TRUE(results.has(second)) << "there is room again";
  EXPECT_EQ(SQLite::Database(file.string()).execAndGet("PRAGMA integrity_check").getString(), "ok");
}

/// Holds a file locked against everyone.
SQLite::Database locking(const fs::path& file) {
  SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE trials SET reason = 'x'; COMMIT");
  return other;
}

TEST_F(store_faults, a_lock_that_goes_soon_is_waited_for) {
  make();
  std::optional<SQLite::Database> other(locking(file));
  std::thread releasing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    other.reset();
  });
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
  releasing.join();
}

TEST_F(store_faults, a_lock_that_stays_is_reported) {
  EXPECT_THAT(
      fault_of([&] { raise_store_error(file, SQLite::Exception("database is locked", SQLITE_BUSY)); }),
      HasSubstr("another program holds it locked; close that one and run again (database is locked)"));
}

}  // namespace
}  // namespace ravine
