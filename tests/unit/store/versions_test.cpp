#include "store/tables.hpp"
#include "unit/store/store_support.hpp"

#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Files of other versions of the schema.
namespace ravine {
namespace {

using namespace testing;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct store_versions : results_file_test {};

TEST_F(store_versions, a_newer_file_is_refused_and_stays_as_it_is) {
  make();
  execute(fmt::format("PRAGMA user_version = {}", results_schema_version + 1));
  const std::string words = fmt::format("written by a newer Ravine (schema {}, this one knows {})",
                                        results_schema_version + 1, results_schema_version);
  EXPECT_THAT(fault_of_writing(), HasSubstr(words));
  EXPECT_THAT(fault_of_reading(), HasSubstr(words));
  EXPECT_TRUE(fs::exists(file));
}

/// Turns a file of the present version, with the full_result() of one trial, into one of the third, that into
/// one of the second, and that into one of the first.
constexpr auto to_version_3 =
    "DROP VIEW final_metrics; DROP VIEW curves; DROP TABLE evaluations;"
    "CREATE TABLE evaluation_points (trial_id INTEGER, step INTEGER, evaluations INTEGER, epochs REAL, "
    "gradient_seconds REAL, optimizer_seconds REAL, PRIMARY KEY (trial_id, step)) WITHOUT ROWID;"
    "CREATE TABLE metric_names (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE metrics (trial_id INTEGER, step INTEGER, name_id INTEGER, value REAL, "
    "PRIMARY KEY (trial_id, step, name_id)) WITHOUT ROWID;"
    "CREATE VIEW curves AS SELECT * FROM metrics; CREATE VIEW final_metrics AS SELECT * FROM metrics;"
    "INSERT INTO evaluation_points VALUES (1, 0, 0, 0, 0, 0), (1, 5, 10, 0.5, 1, 0.05), "
    "(1, 7, 14, 0.7, 1.25, 0.1);"
    "INSERT INTO metric_names VALUES (1, 'loss'), (2, 'value.lr'), (3, 'gradient_norm');"
    "INSERT INTO metrics VALUES (1, 0, 1, 24.2), (1, 5, 1, 0.333333333333333314829616256247), (1, 5, 2, "
    "0.1), "
    "(1, 7, 1, NULL), (1, 7, 3, 9e999);"
    "PRAGMA user_version = 3";
constexpr auto to_version_2 =
    "DROP VIEW range_curves; DROP TABLE range_points; DROP TABLE range_tests; "
    "ALTER TABLE trials DROP COLUMN cores; ALTER TABLE planned DROP COLUMN shares; ALTER TABLE trajectories "
    "DROP COLUMN in_runs; "
    "PRAGMA user_version = 2";
constexpr auto to_version_1 =
    "DROP TABLE checkpoints; ALTER TABLE trials DROP COLUMN limit_seconds; "
    "ALTER TABLE trials DROP COLUMN limit_memory; PRAGMA user_version = 1";

/// The columns of all tables.
std::string columns_of(const fs::path& file) {
  const SQLite::Database database(file.string());
  SQLite::Statement rows(database,
                         "SELECT t.name || '.' || c.name || ' ' || c.type || c.\"notnull\" || c.pk "
                         "FROM sqlite_schema t JOIN pragma_table_info(t.name) c ORDER BY t.name, c.cid");
  std::string all;
  while (rows.executeStep()) all += rows.getColumn(0).getString() + "\n";
  return all;
}

TEST_F(store_versions, an_older_file_is_read_and_brought_up_to_date) {
  make();
  const std::string columns = columns_of(file);
  execute(to_version_3);
  execute(to_version_2);
  execute(to_version_1);
  const planned_trial trial = trial_named("adam");
  EXPECT_EQ(store::open_read_only(file).trials().size(), 1U);
  EXPECT_TRUE(store::open_read_only(file).has(trial));
  store results = store::open(file);
  EXPECT_TRUE(results.has(trial));
  results.save_checkpoint("h", bytes_of("x"), 1, origin);
  results.save(trial_named("sgd"), full_result(), origin);
  EXPECT_EQ(columns_of(file), columns);
}

TEST_F(store_versions, a_file_of_version_2_gives_back_its_paths_and_cores) {
  make();
  const trajectory path = full_result().path;
  {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    SQLite::Statement plain(database, "UPDATE trajectories SET steps = ?, evaluations = ?");
    plain.bind(1, path.steps.data(), static_cast<int>(path.steps.size() * sizeof path.steps[0]));
    plain.bind(2, path.evaluations.data(), static_cast<int>(path.evaluations.size() * sizeof path.steps[0]));
    plain.exec();
  }
  execute(to_version_3);
  execute(to_version_2);
  const auto expect_whole = [&](const store& results) {
    const std::vector<stored_trial> all = results.trials();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].origin.cores, 8U) << "as the machine's description says";
    EXPECT_EQ(results.trajectory_of(all[0].id).steps, path.steps);
    EXPECT_EQ(results.trajectory_of(all[0].id).evaluations, path.evaluations);
  };
  expect_whole(store::open_read_only(file));
  EXPECT_EQ(SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt(), 2) << "as it was";
  expect_whole(store::open(file));
  EXPECT_EQ(SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt(),
            results_schema_version);
}

TEST_F(store_versions, a_file_of_version_3_gives_back_its_curves) {
  make();
  execute(to_version_3);
  const store results = store::open_read_only(file);
  ASSERT_EQ(results.trials().size(), 1U);
  expect_full_curve(results.trials()[0].result.evaluations);
}

}  // namespace
}  // namespace ravine
