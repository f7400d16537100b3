#include "store/guard.hpp"
#include "store/merge.hpp"
#include "store/tables.hpp"
#include "unit/store/store_support.hpp"

#include <algorithm>
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
using ::testing::SizeIs;
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

struct store_old_versions : store_versions {
  /// A file as a Ravine of that version made it, with the full_result() of one trial.
  void make_version(int version) const {
    fs::remove(file);
    SQLite::Database old(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    distrust(old);  // which adds the functions that a schema calls
    const auto bring_to = [&](int from, int to) {
      for (int i = from; i < to; ++i) old.exec(results_schema.at(static_cast<std::size_t>(i)));
    };
    bring_to(0, std::min(version, version_without_checksums));
    old.exec(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", results_application_id, version));
    const std::string more_of_planned = version >= 3 ? R"(, '{"lr":0.25}')" : "";
    const std::string more_of_trials =
        std::string(version >= 2 ? ", NULL, NULL" : "") + (version >= 3 ? ", 8" : "");
    old.exec("INSERT INTO experiments VALUES (1, 'e', 'name: e', 1, 1, '2026-01-31 12:00:00')");
    old.exec(
        fmt::format("INSERT INTO planned VALUES (1, 0, 'adam 0', 'valley', 'adam', '{{\"lr\":0.1}}', 0, "
                    "'result'{})",
                    more_of_planned));
    old.exec(fmt::format(
        "INSERT INTO trials VALUES (1, 'adam 0', '{}', 'completed', '', 7, 14, 0.7, 1.25, 0.1, 2, "
        "32, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'a cpu, 8 cores, an OS', 'a build', 2, "
        "'2026-01-31 12:00:01'{})",
        to_json(trial_named("adam").spec), more_of_trials));
    old.exec(version < 4 ? points_of_version_1 : points_of_version_4);
    const trajectory path = full_result().path;
    SQLite::Statement insert(
        old,
        "INSERT INTO trajectories (trial_id, dimension, steps, evaluations, points, losses) "
        "VALUES (1, 2, ?, ?, ?, ?)");
    const auto bind = [&](int place, const auto& values) {
      insert.bind(place, values.data(), static_cast<int>(values.size() * sizeof values[0]));
    };
    bind(1, path.steps);
    bind(2, path.evaluations);
    bind(3, path.points);
    bind(4, path.losses);
    insert.exec();
    insert.reset();
    distrust(old);  // and knows checksums
    bring_to(version_without_checksums, version);
  }
  int version_of_file() const { return SQLite::Database(file.string()).execAndGet("PRAGMA user_version"); }

  static constexpr auto points_of_version_1 =
      "INSERT INTO evaluation_points VALUES (1, 0, 0, 0, 0, 0), (1, 5, 10, 0.5, 1, 0.05), "
      "(1, 7, 14, 0.7, 1.25, 0.1);"
      "INSERT INTO metric_names VALUES (1, 'loss'), (2, 'value.lr'), (3, 'gradient_norm');"
      "INSERT INTO metrics VALUES (1, 0, 1, 24.2), (1, 5, 1, 0.333333333333333314829616256247), (1, 5, 2, "
      "0.1), "
      "(1, 7, 1, NULL), (1, 7, 3, 9e999)";
  static constexpr auto points_of_version_4 =
      R"(INSERT INTO evaluations (trial_id, metrics, points) VALUES (1, '["gradient_norm","loss","value.lr"]', '[[0,0,0,0,0,null,24.2,null],)"
      R"([5,10,0.5,1,0.05,null,0.3333333333333333,0.1],[7,14,0.7,1.25,0.1,"inf","nan",null]]'))";
};

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

TEST_F(store_old_versions, an_older_file_is_read_as_it_is_and_brought_up_to_date_before_it_is_written_to) {
  make();
  const std::string columns = columns_of(file);
  const trajectory path = full_result().path;
  const auto expect_whole = [&](const store& results) {
    const std::vector<stored_trial> all = results.trials();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].origin.cores, 8U) << "as the machine's description says";
    EXPECT_EQ(all[0].origin.machine, "a cpu");
    EXPECT_EQ(all[0].origin.build, "a build");
    EXPECT_EQ(all[0].result.state_bytes, 32U);
    EXPECT_EQ(all[0].result.scratch_bytes, 0U) << "there was none";
    expect_full_curve(all[0].result.evaluations);
    EXPECT_EQ(results.trajectory_of(all[0].id).steps, path.steps);
    EXPECT_EQ(results.trajectory_of(all[0].id).evaluations, path.evaluations);
    EXPECT_EQ(results.trajectory_of(all[0].id).points, path.points);
    EXPECT_TRUE(results.has(trial_named("adam")));
  };
  for (int version = 1; version < results_schema_version; ++version) {
    SCOPED_TRACE(version);
    make_version(version);
    expect_whole(store::open_read_only(file));
    EXPECT_EQ(version_of_file(), version) << "as it was";
    {
      store results = store::open(file);
      expect_whole(results);
      results.save_checkpoint("h", bytes_of("x"), 1, origin);
      results.save(trial_named("sgd"), full_result(), origin);
    }
    EXPECT_EQ(version_of_file(), results_schema_version);
    EXPECT_EQ(columns_of(file), columns);
    expect_whole(store::open_read_only(file));
    EXPECT_EQ(fault_of_writing(), "nothing is wrong");
  }
}

TEST_F(store_old_versions, an_older_file_is_merged_as_one_of_today_would_be) {
  const fs::path merged = folder.path() / "merged.db";
  for (int version = 1; version < results_schema_version; ++version) {
    SCOPED_TRACE(version);
    make_version(version);
    fs::remove(merged);
    {
      results_merge all(merged, [] { return true; });
      EXPECT_EQ(all.take(file).added, 1U);
      all.finish();
    }
    EXPECT_EQ(version_of_file(), version) << "as it was";
    {
      const store results = store::open(merged);
      const std::vector<stored_trial> all = results.trials();
      ASSERT_EQ(all.size(), 1U);
      EXPECT_EQ(all[0].origin.machine, "a cpu");
      EXPECT_EQ(all[0].origin.cores, 8U);
      expect_full_curve(all[0].result.evaluations);
      EXPECT_EQ(results.trajectory_of(all[0].id).evaluations, full_result().path.evaluations);
      EXPECT_EQ(results.experiments().at(0).planned_at, "2026-01-31 12:00:00");
    }
    results_merge again(merged, [] { return true; });
    EXPECT_EQ(again.take(file).added, 0U) << "it is known by its described machine, too";
  }
}

TEST_F(store_old_versions, curves_and_paths_of_an_older_file_get_checksums) {
  make_version(4);
  store::open(file);
  execute("UPDATE evaluations SET points = replace(points, '24.2', '24.3')");
  EXPECT_THAT(fault_of_writing(), HasSubstr("the curve is not the one that was saved"));
  make_version(4);
  store::open(file);
  execute("UPDATE trajectories SET losses = zeroblob(24)");
  EXPECT_THAT(fault_of_writing(), HasSubstr("the path is not the one that was saved"));
}

TEST_F(store_old_versions, a_damaged_older_file_stays_as_it_is) {
  make_version(4);
  execute("UPDATE evaluations SET points = '[[0,0'");
  EXPECT_THAT(fault_of_writing(),
              HasSubstr("the file is damaged: expected \",\" of a curve, found \"\" (trial 1"));
  EXPECT_EQ(version_of_file(), 4);
  make_version(2);
  execute("CREATE VIEW trap AS SELECT 1");
  EXPECT_THAT(fault_of_reading(), HasSubstr("it holds the view trap, which is not one of Ravine's"));
}

/// A trial on data, as it is known with a digest, or as older versions knew it.
planned_trial trial_on(const data_request& data, std::uint64_t repetition = 0) {
  planned_trial trial = trial_named("adam", repetition);
  trial.spec.problem.data = data;
  trial.hash = content_hash(trial.spec);
  return trial;
}

struct store_data_digests : store_versions {
  const settings of_digits{{"seed", std::int64_t{1}}, {"train", std::int64_t{100}}};
  const settings of_idx{{"train_images", std::string("i")}, {"classes", std::int64_t{10}}};
};

TEST_F(store_data_digests, are_added_where_name_and_options_say_what_the_data_are) {
  const planned_trial old = trial_on({"digits", of_digits}), now = trial_on({"digits", of_digits, "digest"});
  ASSERT_NE(old.hash, now.hash);
  store results = store::open(file);
  results.begin(plan_of({old}));
  results.save(old, full_result(), origin);
  EXPECT_THAT(results.missing({now}), SizeIs(0)) << "found in a file that is only read, too";
  EXPECT_EQ(results.add_data_digests({now}), 0U);
  EXPECT_TRUE(results.has(now));
  const auto all = results.trials();
  ASSERT_EQ(all.size(), 1U) << "the experiment that was planned with it has it still";
  EXPECT_EQ(all[0].spec, to_json(now.spec));
  expect_full_curve(all[0].result.evaluations);
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
  EXPECT_EQ(results.add_data_digests({now}), 0U) << "there is nothing left to do";
}

TEST_F(store_data_digests, of_other_data_are_not_the_same_trials) {
  const planned_trial first = trial_on({"idx", of_idx, "first"}),
                      second = trial_on({"idx", of_idx, "second"});
  store results = store::open(file);
  results.save(first, full_result(), origin);
  EXPECT_TRUE(results.has(first));
  EXPECT_FALSE(results.has(second));
  EXPECT_EQ(results.add_data_digests({first, second}), 0U);
}

TEST_F(store_data_digests, of_files_that_nobody_knows_any_more_stay_away) {
  const planned_trial old = trial_on({"idx", of_idx}), now = trial_on({"idx", of_idx, "digest"});
  store results = store::open(file);
  results.begin(plan_of({old}));
  results.save(old, full_result(), origin);
  EXPECT_EQ(results.add_data_digests({now}), 1U);
  EXPECT_THAT(results.missing({now}), SizeIs(1));
  EXPECT_FALSE(results.has(now));
  ASSERT_EQ(results.trials().size(), 1U) << "kept";
  EXPECT_EQ(results.trials()[0].spec, to_json(old.spec));
  results.save(now, full_result(), origin);
  EXPECT_EQ(results.add_data_digests({now}), 0U) << "it has been run again";
  EXPECT_TRUE(results.has(now));
}

TEST_F(store_data_digests, are_not_added_twice) {
  const planned_trial old = trial_on({"digits", of_digits}), now = trial_on({"digits", of_digits, "digest"});
  store results = store::open(file);
  results.save(old, full_result(), origin);
  results.save(now, full_result(), origin);
  EXPECT_EQ(results.add_data_digests({now}), 0U);
  EXPECT_TRUE(results.has(old));
  EXPECT_TRUE(results.has(now));
}

}  // namespace
}  // namespace ravine
