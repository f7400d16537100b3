#include "trial/curve_text.hpp"
#include "trial/oom_kill.hpp"
#include "unit/store/store_support.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What is saved comes back whole.
namespace ravine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

struct store_test : results_file_test {};

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
  EXPECT_EQ(back.easier_targets, trial.spec.evaluate.target->easier);
  EXPECT_EQ(back.origin.machine, "a cpu");
  EXPECT_EQ(back.origin.cores, 8U);
  EXPECT_EQ(back.origin.build, "a build");
  EXPECT_EQ(back.origin.jobs, 2U);
  EXPECT_EQ(back.result.status, saved.status);
  EXPECT_EQ(back.result.reason, saved.reason);
  expect_same(back.result.spent, saved.spent);
  EXPECT_EQ(back.result.parameters, 2U);
  EXPECT_EQ(back.result.state_bytes, 32U);
  EXPECT_EQ(back.result.scratch_bytes, 48U);
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

TEST_F(store_test, keeps_the_text_of_a_curve_as_the_trial_wrote_it) {
  trial_result result = full_result();
  const std::string made = curve_points(result.evaluations);
  result.curve_points = made;
  result.curve_points.replace(result.curve_points.find("24.2"), 4, "24.20");
  {
    store results = store::open(file);
    results.begin(plan_of({trial_named("adam"), trial_named("sgd")}));
    results.save(trial_named("adam"), full_result(), origin);
    results.save(trial_named("sgd"), result, origin);
  }
  const SQLite::Database database(file.string());
  SQLite::Statement rows(database, "SELECT points FROM evaluations ORDER BY trial_id");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(0).getString(), made) << "which nobody had written";
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(0).getString(), result.curve_points);
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
  const char* reason = "";
};

void PrintTo(const limit_case& each, std::ostream* out) { *out << each.name; }

class store_limits : public store_test, public ::testing::WithParamInterface<limit_case> {};

TEST_P(store_limits, decide_what_is_run_again) {
  const limit_case& given = GetParam();
  planned_trial trial = trial_named("adam");
  trial.spec.limits = given.before;
  trial_result result;
  result.status = given.status;
  result.reason = given.reason;
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
                      limit_case{"segfault", trial_status::crashed, {}, {}, true, "SIGSEGV"},
                      // Older versions stored these when a terminal or a batch system ended the whole group.
                      limit_case{"ended_by_sigterm", trial_status::crashed, {}, {}, false, "SIGTERM"},
                      limit_case{"ended_by_sighup", trial_status::crashed, {}, {}, false, "SIGHUP"},
                      limit_case{"ended_by_sigint", trial_status::crashed, {}, {}, false, "SIGINT"},
                      limit_case{"completed", trial_status::completed, {10, 100}, {20, 200}, true}),
    [](const auto& each) { return std::string(each.param.name); });

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
  EXPECT_EQ(kept->origin.machine, "a cpu");
  EXPECT_EQ(kept->origin.build, "a build");
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

TEST_F(store_test, runs_again_what_the_oom_killer_ended_but_does_not_wait_for_it) {
  store results = store::open(file);
  trial_result result = full_result();
  result.status = trial_status::out_of_memory;
  result.reason = oom_kill_reason;
  const planned_trial killed = trial_named("killed"), cut_off = trial_named("cut off");
  results.save(killed, result, origin);
  EXPECT_FALSE(results.has(killed));
  EXPECT_EQ(results.missing({killed, cut_off}).size(), 2U);
  ASSERT_EQ(results.unfinished({killed, cut_off}).size(), 1U);
  EXPECT_EQ(results.unfinished({killed, cut_off})[0].hash, cut_off.hash);
  result.reason = "took more than 7 MiB";
  results.save(killed, result, origin);
  EXPECT_TRUE(results.has(killed));
}

TEST_F(store_test, reading_leaves_no_files_beside_it) {
  make();
  { const auto trials = store::open_read_only(file).trials(); }
  EXPECT_FALSE(fs::exists(fs::path(file) += "-wal"));
  EXPECT_FALSE(fs::exists(fs::path(file) += "-shm"));
}

TEST_F(store_test, reading_beside_a_writer_leaves_its_files_alone) {
  make();
  store results = store::open(file);
  results.save(trial_named("sgd"), full_result(), origin);
  { const auto trials = store::open_read_only(file).trials(); }
  EXPECT_TRUE(fs::exists(fs::path(file) += "-wal"));
  results.save(trial_named("adam", 1), full_result(), origin);
  EXPECT_TRUE(results.has(trial_named("adam", 1)));
}

TEST_F(store_test, keeps_the_latest_range_test_of_each_name) {
  range_curve curve{{{1e-3, 2, 2}, {1e-2, 1.0 / 3, 1.5}}, 1e-2, std::nullopt, ""};
  curve.steepest = 5e-3;
  curve.tenth_of_minimum = 2e-3;
  curve.tries = {{1e-3, 0.5}, {1e-2, 0.25}, {1, INFINITY}};
  range_curve refused;
  refused.refusal = "the loss falls nowhere";
  {
    store results = store::open(file);
    results.save({"e", "valley", "adam", 0.9, {{{1, 2, 3}}, 1.0, 1.0, "a fault", 1.0, 1.0, {{1, 2}, {5, 6}}}},
                 origin);
    results.save({"e", "valley", "adam", 0.95, curve}, origin);
    results.save({"e", "valley", "sgd", 0.95, {{}, std::nullopt, 10.0, "no lr"}}, origin);
    results.save({"e", "plain", "sgd", 0.95, refused}, origin);
  }
  const auto all = store::open_read_only(file).range_tests();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].curve.steepest, 5e-3);
  EXPECT_EQ(all[0].curve.tenth_of_minimum, 2e-3);
  EXPECT_EQ(all[0].curve.tries, curve.tries);
  EXPECT_EQ(all[0].curve.refusal, "");
  EXPECT_EQ(all[2].curve.refusal, "the loss falls nowhere");
  EXPECT_EQ(
      SQLite::Database(file.string())
          .execAndGet("SELECT group_concat(optimizer || ' ' || coalesce(lr, '') || ' ' || refusal, '|') "
                      "FROM range_tried")
          .getString(),
      "adam 0.001 |adam 0.01 |adam 1.0 |sgd  |sgd  the loss falls nowhere");
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

}  // namespace
}  // namespace ravine
