#include "store/checksum.hpp"
#include "store/database.hpp"
#include "store/errors.hpp"
#include "store/guard.hpp"
#include "unit/store/store_support.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

// A results file may come from anyone, and from a disk that fails.
namespace ravine {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct store_untrusted : results_file_test {
  std::string fault_of_path() const {
    return fault_of([&] { store::open_read_only(file).trajectory_of(1); });
  }
  std::string fault_of_metric() const {
    return fault_of([&] { store::open_read_only(file).final_metric("adam 0", "loss"); });
  }
};

TEST(checksum, is_that_of_zlib_with_a_zero_byte_behind_each_part) {
  const std::array<std::string_view, 3> parts{"12345", "", "6789"};
  EXPECT_EQ(checksum_of(parts), 0xDE0A0F89U) << R"(zlib.crc32(b"12345\0" b"\0" b"6789\0"))";
  const std::array<std::string_view, 3> moved{"1234", "", "56789"};
  EXPECT_NE(checksum_of(moved), checksum_of(parts));
}

TEST_F(store_untrusted, a_blob_of_another_size_is_refused) {
  for (const char* column : {"steps", "evaluations", "points", "losses"}) {
    fs::remove(file);
    make();
    execute(fmt::format("UPDATE trajectories SET {} = x'00ff', checksum = NULL", column));
    EXPECT_THAT(fault_of_path(),
                AllOf(HasSubstr("the file is damaged: found an array of 2 bytes, expected a multiple of 8"),
                      HasSubstr("trial 1, table trajectories")))
        << column;
    execute(fmt::format("UPDATE trajectories SET {} = zeroblob(16)", column));
    EXPECT_THAT(fault_of_path(), HasSubstr("the file is damaged: found")) << column;
  }
}

TEST_F(store_untrusted, a_dimension_that_the_coordinates_do_not_have_is_refused) {
  make();
  for (const char* dimension : {"3", "0", "-1", "1 << 62", "1 << 63"}) {
    execute(fmt::format("UPDATE trajectories SET dimension = {}", dimension));
    EXPECT_THAT(fault_of_path(),
                HasSubstr("found a path of 3 steps, 3 evaluations, 6 coordinates and 3 losses"))
        << dimension;
  }
  execute("UPDATE trajectories SET dimension = 'two'");
  EXPECT_THAT(fault_of_path(), HasSubstr("found a text in the column dimension, expected a whole number"));
}

TEST_F(store_untrusted, a_curve_that_was_changed_is_told_by_who_reads_and_who_writes) {
  make();
  execute("UPDATE evaluations SET points = replace(points, '24.2', '24.3')");
  EXPECT_THAT(fault_of_reading(),
              AllOf(HasSubstr("the file is damaged: found a checksum that is not that of"),
                    HasSubstr("sqlite3 FILE 'DELETE FROM trials WHERE id = 1'")));
  EXPECT_THAT(fault_of_metric(), HasSubstr("the file is damaged: found a checksum"));
  EXPECT_THAT(
      fault_of_writing(),
      HasSubstr(
          "the file is damaged: the specification or the curve is not the one that was saved (trial 1"));
}

TEST_F(store_untrusted, a_specification_or_a_path_that_was_changed_is_told) {
  make();
  execute("UPDATE trials SET spec = replace(spec, 'adam', 'adan')");
  EXPECT_THAT(fault_of_reading(), HasSubstr("found a checksum that is not that of what was saved"));
  EXPECT_THAT(fault_of_writing(), HasSubstr("the specification or the curve is not the one that was saved"));
  fs::remove(file);
  make();
  execute("UPDATE trajectories SET losses = zeroblob(24)");
  EXPECT_EQ(fault_of_reading(), "nothing is wrong") << "who reads no path";
  EXPECT_THAT(fault_of_path(), HasSubstr("found a checksum that is not that of what was saved"));
  EXPECT_THAT(fault_of_writing(),
              HasSubstr("the path is not the one that was saved (trial 1, table trajectories"));
}

TEST_F(store_untrusted, a_trial_without_its_curve_is_told) {
  make();
  execute("DELETE FROM evaluations");
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: the curve is missing (trial 1"));
  EXPECT_THAT(fault_of_writing(), HasSubstr("the file is damaged: the curve is missing (trial 1"));
}

TEST_F(store_untrusted, a_damaged_trial_that_is_deleted_is_run_again) {
  make();
  execute("UPDATE evaluations SET points = '[]'; DELETE FROM trials WHERE id = 1");
  const planned_trial trial = trial_named("adam");
  {
    store results = store::open(file);
    EXPECT_EQ(results.missing({trial}).size(), 1U);
    trial_result without_path = full_result();
    without_path.path = {};
    results.save(trial, without_path, origin);
  }
  const store results = store::open_read_only(file);
  ASSERT_EQ(results.trials().size(), 1U);
  expect_full_curve(results.trials()[0].result.evaluations);
  EXPECT_TRUE(results.trajectory_of(results.trials()[0].id).steps.empty()) << "not that of the deleted trial";
}

TEST_F(store_untrusted, what_ravine_did_not_make_is_refused) {
  for (const auto& [sql, what] : std::vector<std::pair<std::string, std::string>>{
           {"CREATE VIEW best AS SELECT 1", "the view best"},
           {"CREATE TABLE notes (x)", "the table notes"},
           {"CREATE INDEX by_status ON trials (status)", "the index by_status"},
           {"CREATE TRIGGER spy AFTER INSERT ON trials BEGIN DELETE FROM planned; END", "the trigger spy"}}) {
    fs::remove(file);
    make();
    execute(sql);
    EXPECT_THAT(fault_of_reading(), HasSubstr("it holds " + what + ", which is not one of Ravine's")) << sql;
    EXPECT_THAT(fault_of_writing(), HasSubstr("it holds " + what + ", which is not one of Ravine's")) << sql;
  }
}

TEST_F(store_untrusted, the_statistics_of_analyze_are_no_foreign_part) {
  make();
  execute("ANALYZE");
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
  EXPECT_EQ(fault_of_writing(), "nothing is wrong");
}

TEST_F(store_untrusted, a_table_that_an_endless_view_stands_for_is_refused) {
  make();
  execute(
      "ALTER TABLE planned RENAME TO hidden; CREATE VIEW planned AS WITH RECURSIVE n(x) AS (SELECT 1 UNION "
      "ALL "
      "SELECT x FROM n) SELECT 1 AS experiment_id, x AS position, hash, problem, optimizer, point, "
      "repetition, "
      "role, shares FROM hidden, n");
  EXPECT_THAT(fault_of_reading(), HasSubstr("which is not one of Ravine's"));
  EXPECT_THAT(fault_of_writing(), HasSubstr("which is not one of Ravine's"));
}

TEST_F(store_untrusted, a_table_with_other_columns_is_refused) {
  make();
  execute("ALTER TABLE trials ADD COLUMN mark TEXT AS (printf('%.*c', 1000000000, 'x'))");
  EXPECT_THAT(fault_of_reading(), HasSubstr("its table trials is not as Ravine makes it"));
  EXPECT_THAT(fault_of_writing(), HasSubstr("its table trials is not as Ravine makes it"));
}

TEST_F(store_untrusted, a_missing_table_is_told) {
  make();
  execute("DROP TABLE checkpoints");
  EXPECT_THAT(fault_of_reading(),
              HasSubstr("the file is damaged: the table checkpoints is missing; keep a copy"));
  EXPECT_THAT(fault_of_writing(),
              HasSubstr("the file is damaged: the table checkpoints is missing; keep a copy"));
}

TEST_F(store_untrusted, a_question_without_end_is_ended) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  work_limit limit(database);
  const auto ask = [&](const std::string& rows) {
    return fault_of([&] {
      limit.renew();
      with_store_errors(file, [&] {
        database.execAndGet("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT " + rows +
                            ") SELECT count(*) FROM n");
      });
    });
  };
  EXPECT_THAT(ask("-1"), HasSubstr("reading it takes far longer than a file of its size can need"));
  EXPECT_EQ(ask("1000000"), "nothing is wrong") << "the next one has all of the work again";
}

TEST_F(store_untrusted, values_of_other_types_are_refused) {
  make();
  for (const auto& [change, expected] : std::vector<std::pair<std::string, std::string>>{
           {"trials SET steps = 'x'", "found a text in the column steps, expected a whole number"},
           {"trials SET steps = 1.5", "found a number in the column steps, expected a whole number"},
           {"trials SET epochs = x'00'", "found bytes in the column epochs, expected a number"},
           {"trials SET reason = x'00'", "found bytes in the column reason, expected a text"},
           {"trials SET jobs = -1",
            "found a whole number in the column jobs, expected one of at most 32 bits"},
           {"planned SET problem = CAST(x'ff41' AS TEXT)",
            "found a text in the column problem, expected UTF-8"},
           {"planned SET role = 'other'", "found the role other, expected result or search"},
           {"planned SET point = '[1]'", "found [1], expected hyperparameters as JSON"}}) {
    fs::remove(file);
    make();
    execute("UPDATE " + change);
    EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: " + expected)) << change;
  }
}

TEST_F(store_untrusted, a_specification_that_is_nested_without_end_is_refused) {
  make();
  execute(fmt::format("UPDATE trials SET spec = '{}'; UPDATE evaluations SET checksum = NULL",
                      std::string(100'000, '[') + std::string(100'000, ']')));
  EXPECT_THAT(fault_of_reading(), HasSubstr("found a specification of more than 64 levels"));
}

TEST_F(store_untrusted, a_damaged_page_is_named_by_its_table) {
  make();
  for (const char* table : {"trials", "planned", "evaluations"}) {
    fs::remove(file);
    make();
    const int page =
        SQLite::Database(file.string())
            .execAndGet(fmt::format("SELECT rootpage FROM sqlite_schema WHERE name = '{}'", table));
    write_bytes((page - 1) * 4096, std::string(4096, '\0'));
    const auto told = AllOf(HasSubstr(fmt::format("the file is damaged: in the table {}: ", table)),
                            HasSubstr("sqlite3 FILE .recover"));
    EXPECT_THAT(fault_of_reading(), told);
    EXPECT_THAT(fault_of_writing(), told);
  }
}

/// Exits with 0 if user `nobody` can read the one trial of the file. For a process of its own.
[[noreturn]] void read_as_nobody(const fs::path& file) {
  if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) std::_Exit(2);
  try {
    std::_Exit(store::open_read_only(file).trials().size() == 1 ? 0 : 1);
  } catch (const store_error& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    std::_Exit(3);
  }
}

TEST_F(store_untrusted, a_finished_file_is_read_where_nothing_can_be_written) {
  make();
  fs::create_directory(folder.path() / "odd ?#% name");
  fs::rename(file, folder.path() / "odd ?#% name" / "results.db");
  const fs::path moved = folder.path() / "odd ?#% name" / "results.db";
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(moved, fs::perms(0444));
  fs::permissions(moved.parent_path(), fs::perms(0555));
  EXPECT_EXIT(read_as_nobody(moved), ::testing::ExitedWithCode(0), "");
  fs::permissions(moved.parent_path(), fs::perms(0755));
}

TEST_F(store_untrusted, a_file_that_is_written_to_is_not_taken_for_still) {
  make();
  EXPECT_EQ(fault_of([&] { still_file{file}; }), "nothing is wrong");
  const store writing = store::open(file);
  EXPECT_THAT(fault_of([&] { still_file{file}; }), HasSubstr("while another ravine run writes to the file"));
  std::ofstream(fs::path(file) += "-wal") << "x";
  EXPECT_FALSE(is_complete(file)) << "what was saved last is not in the file itself";
  fs::remove(fs::path(file) += "-wal");
  std::ofstream(fs::path(file) += "-journal") << "x";
  EXPECT_FALSE(is_complete(file)) << "it may hold half of a change";
}

TEST_F(store_untrusted, half_of_a_change_is_not_read_where_it_can_not_be_taken_back) {
  make();
  const fs::path left = folder.path() / "left" / "results.db";
  fs::create_directory(left.parent_path());
  {
    SQLite::Database changing(file.string(), SQLite::OPEN_READWRITE);
    EXPECT_EQ(changing.execAndGet("PRAGMA journal_mode = DELETE").getString(), "delete");
    changing.exec("PRAGMA cache_size = 1; BEGIN; DELETE FROM planned");
    for (int i = 0; i < 20; ++i) {  // more than the cache holds
      changing.exec(fmt::format(
          "INSERT INTO checkpoints (hash, seconds, saved_at, state) VALUES ('{}', 1, '', zeroblob(9000))",
          i));
    }
    for (const char* suffix : {"", "-journal"}) {
      fs::copy_file(fs::path(file) += suffix, fs::path(left) += suffix);  // as a run that died leaves them
      fs::permissions(fs::path(left) += suffix, fs::perms(0444));
    }
  }
  ASSERT_GT(fs::file_size(fs::path(left) += "-journal"), 0U);
  ASSERT_GT(fs::file_size(left), fs::file_size(file)) << "a part of the change is in the file";
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(left.parent_path(), fs::perms(0555));
  for (const auto& [mode, told] : {std::pair(0444, "it can't be written to"), {0666, "it can't be opened"}}) {
    fs::permissions(left, fs::perms(mode));
    EXPECT_EXIT(read_as_nobody(left), ::testing::ExitedWithCode(3),
                fmt::format("{}.*left with a -journal or -wal file beside it", told));
  }
  fs::permissions(left.parent_path(), fs::perms(0755));
  for (const char* suffix : {"", "-journal"}) fs::permissions(fs::path(left) += suffix, fs::perms(0644));
  EXPECT_EQ(store::open_read_only(left).trials().size(), 1U) << "who may write takes it back";
}

}  // namespace
}  // namespace ravine
