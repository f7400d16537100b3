#include "store/store.hpp"

#include "plugin_support.hpp"
#include "store/curve_text.hpp"
#include "store/database.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <random>
#include <thread>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

// What is saved comes back whole, and a file that can't be used says why and loses nothing.
namespace ravine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
namespace fs = std::filesystem;

const provenance origin{"a cpu, 8 cores, an OS", "a build", 2, 8};

planned_trial trial_named(const std::string& optimizer, std::uint64_t repetition = 0) {
  planned_trial trial;
  trial.spec.problem.label = "valley";
  trial.spec.problem.model = {"rosenbrock", {{"dimension", std::int64_t{2}}}, "model hash"};
  trial.spec.optimizer.label = optimizer;
  trial.spec.optimizer.optimizer = {"adam", {{"lr", 0.1}}, "optimizer hash"};
  trial.spec.point = {{"lr", 0.1}, {"nesterov", true}};
  trial.shares = {{"lr", 0.25}};
  trial.spec.evaluate.target = target_spec{"loss", 0.125};
  trial.spec.repetition = repetition;
  trial.hash = fmt::format("{} {}", optimizer, repetition);
  return trial;
}

trial_result full_result() {
  trial_result result;
  result.status = trial_status::diverged;
  result.reason = "the loss is nan at step 8";
  result.spent = {7, 14, 0.7, 1.25, 0.1};
  result.parameters = 2;
  result.state_bytes = 32;
  result.target_reached_at = cost{5, 10, 0.5, 1.0, 0.05};
  result.evaluations = {{{0, 0, 0, 0, 0}, {{"loss", 24.2}}},
                        {{5, 10, 0.5, 1, 0.05}, {{"loss", 1.0 / 3}, {"value.lr", 0.1}}},
                        {{7, 14, 0.7, 1.25, 0.1}, {{"loss", std::nan("")}, {"gradient_norm", INFINITY}}}};
  result.path = {2, {0, 5, 7}, {0, 10, 14}, {-1.2, 1, 0.1, 0.2, 1e300, -0.0}, {24.2, 1.0 / 3, INFINITY}};
  return result;
}

plan plan_of(std::vector<planned_trial> trials) {
  plan all;
  all.name = "e";
  all.manifest = "name: e";
  all.trials = std::move(trials);
  return all;
}

void expect_same(const cost& a, const cost& b) {
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.evaluations, b.evaluations);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.gradient_seconds, b.gradient_seconds);
  EXPECT_EQ(a.optimizer_seconds, b.optimizer_seconds);
}

/// That of full_result().
void expect_full_curve(const std::vector<evaluation>& curve) {
  const std::vector<evaluation> whole = full_result().evaluations;
  ASSERT_EQ(curve.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    expect_same(curve[i].at, whole[i].at);
    EXPECT_EQ(curve[i].metrics.size(), whole[i].metrics.size());
  }
  EXPECT_EQ(curve[1].metrics, whole[1].metrics);
  EXPECT_TRUE(std::isnan(curve[2].metrics.at("loss")));
  EXPECT_EQ(curve[2].metrics.at("gradient_norm"), INFINITY);
}

struct store_test : ::testing::Test {
  testing::plugin_folder folder;
  fs::path file = folder.path() / "results.db";

  /// A file with one trial in it.
  void make() const {
    store results = store::open(file);
    const planned_trial trial = trial_named("adam");
    results.begin(plan_of({trial}));
    results.save(trial, full_result(), origin);
  }
  /// What opening, or another use, says is wrong.
  std::string fault_of(const std::function<void()>& use) const {
    try {
      use();
    } catch (const store_error& problem) {
      EXPECT_THAT(problem.what(), StartsWith(file.string() + ": "));
      return problem.what();
    }
    return "nothing is wrong";
  }
  std::string fault_of_reading() const {
    return fault_of([&] {
      for (const stored_trial& each : store::open_read_only(file).trials()) EXPECT_EQ(each.problem, "valley");
    });
  }
  std::string fault_of_writing() const {
    return fault_of([&] { store::open(file); });
  }
  void execute(const std::string& sql) const {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
  }
  void write_bytes(std::streamoff at, const std::string& bytes) const {
    std::fstream raw(file, std::ios::binary | std::ios::in | std::ios::out);
    raw.seekp(at);
    raw << bytes;
  }
};

TEST_F(store_test, gives_back_every_column) {
  make();
  const store results = store::open_read_only(file);
  const std::vector<stored_trial> all = results.trials();
  ASSERT_EQ(all.size(), 1U);
  const stored_trial& back = all[0];
  const planned_trial trial = trial_named("adam");
  const trial_result saved = full_result();
  EXPECT_EQ(back.experiment, "e");
  EXPECT_EQ(back.problem, "valley");
  EXPECT_EQ(back.optimizer, "adam");
  EXPECT_EQ(back.point, trial.spec.point);
  EXPECT_EQ(back.shares, trial.shares);
  EXPECT_EQ(back.repetition, 0U);
  EXPECT_EQ(back.role, trial_role::result);
  EXPECT_EQ(back.spec, to_json(trial.spec));
  EXPECT_EQ(back.target_metric, "loss");
  EXPECT_EQ(back.target_value, 0.125);
  EXPECT_EQ(back.origin.machine, "a cpu, 8 cores, an OS");
  EXPECT_EQ(back.origin.cores, 8U);
  EXPECT_EQ(back.origin.build, "a build");
  EXPECT_EQ(back.origin.jobs, 2U);
  EXPECT_EQ(back.result.status, saved.status);
  EXPECT_EQ(back.result.reason, saved.reason);
  expect_same(back.result.spent, saved.spent);
  EXPECT_EQ(back.result.parameters, 2U);
  EXPECT_EQ(back.result.state_bytes, 32U);
  ASSERT_TRUE(back.result.target_reached_at.has_value());
  expect_same(*back.result.target_reached_at, *saved.target_reached_at);
  expect_full_curve(back.result.evaluations);
  const trajectory path = results.trajectory_of(back.id);
  EXPECT_EQ(path.dimension, 2U);
  EXPECT_EQ(path.steps, saved.path.steps);
  EXPECT_EQ(path.evaluations, saved.path.evaluations);
  EXPECT_EQ(path.points, saved.path.points);
  EXPECT_EQ(path.losses, saved.path.losses);
  EXPECT_THAT(results.trajectory_of(back.id + 1).steps, IsEmpty());
}

TEST_F(store_test, gives_each_trial_its_own_curve_in_the_order_of_the_plan) {
  store results = store::open(file);
  std::vector<planned_trial> trials;
  for (std::uint64_t i = 0; i < 20; ++i) trials.push_back(trial_named("adam", i));
  const auto result_of = [](std::uint64_t i) {
    trial_result result;
    for (std::uint64_t step = 0; step <= i % 4; ++step) {
      result.evaluations.push_back({{.steps = step}, {{"loss", static_cast<double>(100 * i + step)}}});
    }
    return result;
  };
  for (std::uint64_t i = 20; i-- > 0;) results.save(trials[i], result_of(i), origin);
  trials.erase(trials.begin() + 3);  // stored, but no plan has it
  results.begin(plan_of(trials));
  plan second = plan_of({trials[5]});
  second.name = "second";
  results.begin(second);
  const std::vector<stored_trial> all = results.trials();
  ASSERT_EQ(all.size(), 20U);
  for (std::size_t k = 0; k < 20; ++k) {
    const std::uint64_t i = k == 19 ? 6 : k < 3 ? k : k + 1;
    EXPECT_EQ(all[k].repetition, i);
    ASSERT_EQ(all[k].result.evaluations.size(), i % 4 + 1) << "trial " << i;
    EXPECT_EQ(all[k].result.evaluations.back().metrics.at("loss"), static_cast<double>(100 * i + i % 4));
  }
}

TEST_F(store_test, final_metric_is_that_of_a_success) {
  store results = store::open(file);
  trial_result result = full_result();
  result.evaluations.pop_back();
  result.status = trial_status::completed;
  results.save(trial_named("good"), result, origin);
  result.status = trial_status::crashed;
  results.save(trial_named("bad"), result, origin);
  EXPECT_EQ(results.final_metric("good 0", "loss"), 1.0 / 3);
  EXPECT_EQ(results.final_metric("good 0", "accuracy"), std::nullopt);
  EXPECT_EQ(results.final_metric("bad 0", "loss"), std::nullopt);
  EXPECT_EQ(results.final_metric("absent", "loss"), std::nullopt);
}

TEST_F(store_test, replaces_an_interrupted_trial) {
  store results = store::open(file);
  const planned_trial trial = trial_named("adam");
  results.begin(plan_of({trial}));
  trial_result result = full_result();
  result.status = trial_status::interrupted;
  results.save(trial, result, origin);
  EXPECT_FALSE(results.has(trial));
  result = {};
  results.save(trial, result, origin);
  EXPECT_TRUE(results.has(trial));
  ASSERT_EQ(results.trials().size(), 1U);
  EXPECT_THAT(results.trials()[0].result.evaluations, IsEmpty());
  EXPECT_EQ(results.endings("e"), (std::map<trial_status, std::uint64_t>{{trial_status::completed, 1}}));
  for (const auto& [table, rows] : {std::pair("evaluations", 1), std::pair("trajectories", 0)}) {
    EXPECT_EQ(
        SQLite::Database(file.string()).execAndGet(fmt::format("SELECT count(*) FROM {}", table)).getInt(),
        rows);
  }
}

struct limit_case {
  const char* name;
  trial_status status;
  limits_spec before, now;
  bool done;
};

void PrintTo(const limit_case& each, std::ostream* out) { *out << each.name; }

class store_limits : public store_test, public ::testing::WithParamInterface<limit_case> {};

TEST_P(store_limits, decide_what_is_run_again) {
  const limit_case& given = GetParam();
  planned_trial trial = trial_named("adam");
  trial.spec.limits = given.before;
  trial_result result;
  result.status = given.status;
  {
    store results = store::open(file);
    results.begin(plan_of({trial}));
    results.save(trial, result, origin);
  }
  trial.spec.limits = given.now;
  EXPECT_EQ(store::open_read_only(file).has(trial), given.done);
}

INSTANTIATE_TEST_SUITE_P(
    all, store_limits,
    ::testing::Values(limit_case{"same_time", trial_status::timed_out, {10, 0}, {10, 0}, true},
                      limit_case{"more_time", trial_status::timed_out, {10, 0}, {11, 0}, false},
                      limit_case{"less_time", trial_status::timed_out, {10, 0}, {9, 0}, true},
                      limit_case{"endless_time", trial_status::timed_out, {10, 0}, {0, 0}, false},
                      limit_case{"more_memory_for_time", trial_status::timed_out, {10, 5}, {10, 6}, true},
                      limit_case{"same_memory", trial_status::out_of_memory, {0, 100}, {0, 100}, true},
                      limit_case{"more_memory", trial_status::out_of_memory, {0, 100}, {0, 101}, false},
                      limit_case{"all_memory", trial_status::out_of_memory, {0, 100}, {0, 0}, false},
                      limit_case{"memory_after_none", trial_status::out_of_memory, {0, 0}, {0, 100}, false},
                      limit_case{"none_twice", trial_status::out_of_memory, {0, 0}, {0, 0}, true},
                      limit_case{"crash", trial_status::crashed, {10, 100}, {0, 0}, true},
                      limit_case{"completed", trial_status::completed, {10, 100}, {20, 200}, true}),
    [](const auto& each) { return std::string(each.param.name); });

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

TEST_F(store_test, keeps_one_checkpoint_of_an_unfinished_trial) {
  store results = store::open(file);
  const planned_trial trial = trial_named("adam");
  results.begin(plan_of({trial}));
  EXPECT_FALSE(results.checkpoint_of(trial.hash));
  results.save_checkpoint(trial.hash, bytes_of("first"), 1.5, origin);
  results.save_checkpoint(trial.hash, bytes_of("second"), 2.5, origin);
  results.save_checkpoint("another", {}, 0, origin);
  const auto kept = results.checkpoint_of(trial.hash);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->state, bytes_of("second"));
  EXPECT_EQ(kept->seconds, 2.5);
  EXPECT_EQ(kept->machine, "a cpu, 8 cores, an OS");
  EXPECT_EQ(kept->build, "a build");
  trial_result result;
  result.status = trial_status::interrupted;
  results.save(trial, result, origin);
  EXPECT_TRUE(results.checkpoint_of(trial.hash)) << "it goes on from there";
  result.status = trial_status::completed;
  results.save(trial, result, origin);
  EXPECT_FALSE(results.checkpoint_of(trial.hash));
  EXPECT_TRUE(results.checkpoint_of("another"));
  results.begin(plan_of({trial}));
  EXPECT_FALSE(results.checkpoint_of("another")) << "no plan has it";
}

TEST_F(store_test, a_second_writer_is_refused_and_a_reader_is_not) {
  make();
  const store first = store::open(file);
  EXPECT_THAT(fault_of_writing(), HasSubstr("another ravine run is writing to it"));
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
}

TEST_F(store_test, a_newer_file_is_refused_and_stays_as_it_is) {
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

TEST_F(store_test, an_older_file_is_read_and_brought_up_to_date) {
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

TEST_F(store_test, a_file_of_version_2_gives_back_its_paths_and_cores) {
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

TEST_F(store_test, a_file_of_version_3_gives_back_its_curves) {
  make();
  execute(to_version_3);
  const store results = store::open_read_only(file);
  ASSERT_EQ(results.trials().size(), 1U);
  expect_full_curve(results.trials()[0].result.evaluations);
}

TEST_F(store_test, views_show_curves_by_their_rows) {
  make();
  const SQLite::Database database(file.string());
  const auto rows_of = [&](const char* query) {
    std::vector<std::string> rows;
    SQLite::Statement each(database, query);
    while (each.executeStep()) rows.push_back(each.getColumn(0).getString());
    return rows;
  };
  EXPECT_THAT(
      rows_of("SELECT format('%s %s %d %s %d %s', optimizer, metric, step, value, evaluations, seconds) "
              "FROM curves ORDER BY step, metric"),
      ElementsAre("adam loss 0 24.2 0 0", "adam loss 5 0.333333333333333 10 1.05",
                  "adam value.lr 5 0.1 10 1.05", "adam gradient_norm 7 Inf 14 1.35", "adam loss 7  14 1.35"));
  EXPECT_THAT(rows_of("SELECT metric || ' ' || typeof(value) FROM final_metrics ORDER BY metric"),
              ElementsAre("gradient_norm real", "loss null"));
}

TEST_F(store_test, a_curve_that_makes_no_sense_is_reported) {
  make();
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

TEST(curve_text, keeps_every_bit) {
  std::mt19937_64 random(1);
  std::vector<evaluation> all(200);
  for (evaluation& each : all) {
    each.at = {random(), random(), 1.0 / 3, 5e-324, 1e308};
    for (const char* name : {"a", "b", "c"}) {
      if (random() % 4 != 0) each.metrics[name] = std::bit_cast<double>(random());
    }
  }
  all.push_back({{}, {{"a", -0.0}, {"b", -INFINITY}, {"\"", 1}}});
  const curve_text text = to_curve_text(all);
  const std::vector<evaluation> back = from_curve_text(text.metrics, text.points);
  ASSERT_EQ(back.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    expect_same(back[i].at, all[i].at);
    ASSERT_EQ(back[i].metrics.size(), all[i].metrics.size());
    for (const auto& [name, value] : all[i].metrics) {
      const double read = back[i].metrics.at(name);
      EXPECT_TRUE(std::bit_cast<std::uint64_t>(read) == std::bit_cast<std::uint64_t>(value) ||
                  (std::isnan(read) && std::isnan(value)))
          << value;
    }
  }
}

TEST(runs, give_back_what_was_put_in) {
  const std::vector<std::vector<std::uint64_t>> all{
      {}, {7}, {0, 1, 2, 3}, {0, 4, 8, 9}, {5, 3, 1, 1, 1}, {UINT64_MAX, 0, 1}};
  for (const auto& values : all) EXPECT_EQ(from_runs(to_runs(values), values.size()), values);
  std::vector<std::uint64_t> steps;
  for (std::uint64_t i = 0; i < 1000; ++i) steps.push_back(4 * i);
  steps.push_back(3997);
  EXPECT_EQ(to_runs(steps).size(), 6U) << "two runs";
}

TEST(runs, of_another_number_of_values_are_refused) {
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1, 3}, 2), error);
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1, 3}, 4), error);
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1}, 1), error);
}

TEST_F(store_test, keeps_the_latest_range_test_of_each_name) {
  range_curve curve{{{1e-3, 2, 2}, {1e-2, 1.0 / 3, 1.5}}, 1e-2, std::nullopt, ""};
  {
    store results = store::open(file);
    results.save({"e", "valley", "adam", 0.9, {{{1, 2, 3}}, 1.0, 1.0, "a fault"}}, origin);
    results.save({"e", "valley", "adam", 0.95, curve}, origin);
    results.save({"e", "valley", "sgd", 0.95, {{}, std::nullopt, 10.0, "no lr"}}, origin);
  }
  const auto all = store::open_read_only(file).range_tests();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].optimizer, "adam");
  EXPECT_EQ(all[0].smoothing, 0.95);
  EXPECT_EQ(all[0].curve.points, curve.points);
  EXPECT_EQ(all[0].curve.suggestion, 1e-2);
  EXPECT_EQ(all[0].curve.diverged_at, std::nullopt);
  EXPECT_EQ(all[1].curve.fault, "no lr");
  EXPECT_EQ(all[1].curve.diverged_at, 10.0);
  EXPECT_EQ(SQLite::Database(file.string()).execAndGet("SELECT count(*) FROM range_curves").getInt(), 2);
}

TEST_F(store_test, an_unused_new_file_is_removed_again) {
  { const store results = store::open(file); }
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  make();
  { const store results = store::open(file); }
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(store_test, what_is_no_results_file_is_refused_and_stays) {
  std::ofstream(file) << std::string(5000, 'x');
  EXPECT_THAT(fault_of_writing(), HasSubstr("it is not one of Ravine's results files; name another one"));
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is not one of Ravine's results files"));
  EXPECT_EQ(fs::file_size(file), 5000U);
}

TEST_F(store_test, another_programs_database_is_refused) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
  EXPECT_THAT(fault_of_writing(), HasSubstr("it is an SQLite file, but not one of Ravine's results"));
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is an SQLite file, but not one of Ravine's results"));
}

TEST_F(store_test, an_absent_or_empty_file_has_nothing_to_read) {
  EXPECT_THAT(fault_of_reading(), HasSubstr("there is no such file; ravine run makes one"));
  EXPECT_FALSE(fs::exists(file));
  std::ofstream(file).close();
  EXPECT_THAT(fault_of_reading(), HasSubstr("it is empty; ravine run fills it"));
}

TEST_F(store_test, a_folder_that_is_not_there_is_named) {
  file = folder.path() / "nowhere" / "results.db";
  EXPECT_THAT(fault_of_writing(), HasSubstr("can't be opened for writing: No such file or directory"));
}

TEST_F(store_test, a_file_that_may_not_be_written_is_refused) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write to everything";
  make();
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_THAT(fault_of_writing(), HasSubstr("can't be opened for writing: Permission denied"));
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
}

TEST_F(store_test, a_damaged_page_is_reported) {
  make();
  const auto size = static_cast<std::streamoff>(fs::file_size(file));
  for (std::streamoff page = 4096; page < size; page += 4096) write_bytes(page, std::string(64, '\xff'));
  EXPECT_THAT(fault_of_reading(),
              HasSubstr("the file is damaged; keep a copy, and try: sqlite3 FILE .recover"));
}

TEST_F(store_test, values_that_make_no_sense_are_reported) {
  make();
  execute("UPDATE trials SET status = 'fine'");
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged: found the trial status fine"));
  execute("UPDATE trials SET status = 'completed'; UPDATE planned SET point = '[1'");
  EXPECT_THAT(fault_of_reading(),
              HasSubstr("the file is damaged: found [1, expected hyperparameters as JSON"));
}

TEST_F(store_test, a_truncated_file_is_reported) {
  make();
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THAT(fault_of_reading(), AllOf(HasSubstr("the file is damaged"), HasSubstr("malformed")));
  fs::resize_file(file, 50);
  EXPECT_THAT(fault_of_reading(), HasSubstr("the file is damaged"));
}

TEST_F(store_test, a_full_disk_loses_nothing_that_was_saved) {
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

TEST_F(store_test, a_lock_that_goes_soon_is_waited_for) {
  make();
  std::optional<SQLite::Database> other(locking(file));
  std::thread releasing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    other.reset();
  });
  EXPECT_EQ(fault_of_reading(), "nothing is wrong");
  releasing.join();
}

TEST_F(store_test, a_lock_that_stays_is_reported) {
  EXPECT_THAT(
      fault_of([&] { raise_store_error(file, SQLite::Exception("database is locked", SQLITE_BUSY)); }),
      HasSubstr("another program holds it locked; close that one and run again (database is locked)"));
}

}  // namespace
}  // namespace ravine
