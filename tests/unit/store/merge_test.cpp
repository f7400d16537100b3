#include "unit/store/merge_support.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Results files become one.
namespace ravine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

TEST_F(store_merge, takes_everything_that_a_file_holds) {
  fill(file);
  const merged_file taken = merge({file}).at(0);
  EXPECT_EQ(content(), content(file));
  EXPECT_EQ(taken.trials, 2U);
  EXPECT_EQ(taken.added, 2U);
  EXPECT_EQ(rows("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_EQ(rows("PRAGMA application_id"), rows("PRAGMA application_id", file));
  const store results = store::open(merged);
  expect_full_curve(results.trials().at(0).result.evaluations);
  EXPECT_EQ(results.trajectory_of(results.trials().at(0).id).points, full_result().path.points);
  EXPECT_EQ(results.checkpoint_of("adam 1")->state, bytes_of("state"));
  EXPECT_EQ(results.range_tests().at(0).curve.tries.size(), 2U);
}

TEST_F(store_merge, a_second_time_changes_nothing) {
  fill(file);
  merge({file});
  const std::vector<std::string> once = content();
  const merged_file taken = merge({file, merged}).at(0);
  EXPECT_EQ(content(), once);
  EXPECT_EQ(taken.trials, 2U);
  EXPECT_EQ(taken.added + taken.replaced + taken.conflicts, 0U);
}

TEST_F(store_merge, adds_to_a_file_that_is_there) {
  fill(merged);
  const merged_file taken = merge({make_file("b", trial_named("sgd"), full_result())}).at(0);
  EXPECT_EQ(taken.added, 1U);
  EXPECT_THAT(rows("SELECT hash FROM trials ORDER BY hash"), ElementsAre("adam 0", "adam 1", "sgd 0"));
}

TEST_F(store_merge, the_order_of_files_makes_no_difference) {
  const fs::path a = make_file("a", trial_status::interrupted, 9),
                 b = make_file("b", trial_status::completed, 7),
                 c = make_file("c", trial_status::timed_out, 8),
                 d = make_file("d", trial_status::interrupted, 3);
  std::vector<fs::path> files{a, b, c, d};
  do {
    fs::remove(merged);
    merge(files);
    EXPECT_EQ(status(), "completed 7");
  } while (std::ranges::next_permutation(files).found);
  for (const auto& [inputs, expected] :
       std::vector<std::pair<std::vector<fs::path>, std::string>>{{{a, d}, "interrupted 9"},
                                                                  {{d, a}, "interrupted 9"},
                                                                  {{a, c}, "timed out 8"},
                                                                  {{c, a}, "timed out 8"}}) {
    fs::remove(merged);
    merge(inputs);
    EXPECT_EQ(status(), expected);
  }
}

TEST_F(store_merge, of_two_trials_that_ran_out_of_time_the_one_with_more_counts) {
  std::vector<fs::path> files;
  for (const double seconds : {10, 100}) {
    planned_trial trial = trial_named("adam");
    trial.spec.limits.seconds = seconds;
    files.push_back(make_file(fmt::format("{}", seconds), trial, result_with(trial_status::timed_out)));
  }
  for (int i = 0; i < 2; ++i) {
    merge(files);
    EXPECT_THAT(rows("SELECT limit_seconds FROM trials"), ElementsAre("100.0"));
    std::ranges::reverse(files);
    fs::remove(merged);
  }
}

TEST_F(store_merge, tells_of_trials_with_different_results_and_keeps_the_first) {
  const fs::path a = make_file("a", trial_status::completed, 7),
                 b = make_file("b", trial_status::completed, 8);
  const std::vector<merged_file> taken = merge({a, b});
  EXPECT_EQ(taken[0].conflicts, 0U);
  EXPECT_EQ(taken[1].conflicts, 1U);
  EXPECT_EQ(
      taken[1].conflict,
      "valley, adam, repetition 1, trial adam 0: completed after 7 steps, loss nan, and completed after 8 "
      "steps, loss nan");
  EXPECT_EQ(status(), "completed 7");
}

TEST_F(store_merge, other_times_machines_and_words_are_the_same_result) {
  trial_result other = full_result();
  other.spent.gradient_seconds *= 3;
  other.target_reached_at->optimizer_seconds *= 3;
  for (evaluation& each : other.evaluations) each.at.gradient_seconds *= 3;
  other.reason = "other words";
  make_file("a", trial_named("adam"), full_result());
  {
    store results = store::open(named("b"));
    results.begin(plan_of({trial_named("adam")}));
    results.save(trial_named("adam"), other, {"another cpu", "another build", 3});
  }
  const merged_file taken = merge({named("a"), named("b")}).at(1);
  EXPECT_EQ(taken.trials, 1U);
  EXPECT_EQ(taken.conflicts, 0U);
  EXPECT_EQ(rows("SELECT reason FROM trials"), rows("SELECT reason FROM trials", named("a")));
}

TEST_F(store_merge, sees_a_difference_in_the_last_bit) {
  trial_result last_metric = full_result(), last_coordinate = full_result(), state = full_result();
  last_metric.evaluations[1].metrics["loss"] = std::nextafter(1.0 / 3, 1);
  last_coordinate.path.points.back() = 0.0;  // not -0.0
  state.state_bytes += 8;
  const fs::path a = make_file("a", trial_named("adam"), full_result());
  for (const trial_result& other : {last_metric, last_coordinate, state}) {
    fs::remove(named("b"));
    fs::remove(merged);
    EXPECT_EQ(merge({a, make_file("b", trial_named("adam"), other)}).at(1).conflicts, 1U);
  }
}

TEST_F(store_merge, a_checkpoint_goes_when_its_trial_has_ended_elsewhere) {
  fill(file);
  for (const bool is_first : {true, false}) {
    fs::remove(named("b"));
    fs::remove(merged);
    const fs::path b = make_file("b", trial_named("adam", 1), result_with(trial_status::completed));
    merge(is_first ? std::vector{file, b} : std::vector{b, file});
    EXPECT_THAT(rows("SELECT count(*) FROM checkpoints"), ElementsAre("0"));
    EXPECT_THAT(rows("SELECT status FROM trials WHERE hash = 'adam 1'"), ElementsAre("completed"));
  }
}

TEST_F(store_merge, of_two_checkpoints_the_one_that_took_longer_counts) {
  std::vector<fs::path> files{named("a"), named("b")};
  for (const fs::path& each : files) {
    store results = store::open(each);
    results.begin(plan_of({trial_named("adam")}));
    results.save_checkpoint("adam 0", bytes_of(each == files[0] ? "early" : "late"), each == files[0] ? 1 : 2,
                            origin);
  }
  for (int i = 0; i < 2; ++i) {
    merge(files);
    EXPECT_EQ(store::open(merged).checkpoint_of("adam 0")->state, bytes_of("late"));
    std::ranges::reverse(files);
    fs::remove(merged);
  }
}

/// Parts as tuning/part makes them.
plan part_with(const planned_trial& trial, std::uint64_t place, std::uint64_t whole) {
  plan part = plan_of({trial});
  part.part = part_places{{place}, whole};
  return part;
}

TEST_F(store_merge, parts_of_an_experiment_stand_side_by_side) {
  for (const std::uint64_t i : {2U, 0U}) {
    store results = store::open(named(std::to_string(i)));
    results.begin(part_with(trial_named("adam", i), i, 3));
    results.save(trial_named("adam", i), full_result(), origin);
  }
  results_merge all(merged, [] { return true; });
  all.take(named("2"));
  all.take(named("0"));
  const std::vector<stored_experiment> experiments = all.finish();
  ASSERT_EQ(experiments.size(), 1U);
  EXPECT_EQ(experiments[0].planned, 3U) << "one is missing";
  EXPECT_EQ(experiments[0].finished, 2U);
  EXPECT_THAT(rows("SELECT position || hash FROM planned"), ElementsAre("0adam 0", "2adam 2"));
}

TEST_F(store_merge, of_one_experiment_from_two_manifests_the_later_plan_counts) {
  make_file("a", trial_named("adam"), full_result());
  {
    store results = store::open(named("b"));
    plan other = plan_of({trial_named("sgd")});
    other.manifest = "name: e # again";
    results.begin(other);
    results.save(trial_named("sgd"), full_result(), origin);
  }
  SQLite::Database(named("a").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE experiments SET planned_at = '2020'");
  for (const auto& inputs : {std::vector{named("a"), named("b")}, std::vector{named("b"), named("a")}}) {
    fs::remove(merged);
    const std::vector<merged_file> taken = merge(inputs);
    EXPECT_THAT(taken[0].replanned, IsEmpty());
    EXPECT_THAT(taken[1].replanned, ElementsAre("e"));
    EXPECT_THAT(rows("SELECT hash FROM planned"), ElementsAre("sgd 0"));
    EXPECT_THAT(rows("SELECT manifest FROM experiments"), ElementsAre("name: e # again"));
    EXPECT_THAT(rows("SELECT count(*) FROM trials"), ElementsAre("2"));
  }
}

}  // namespace
}  // namespace ravine
