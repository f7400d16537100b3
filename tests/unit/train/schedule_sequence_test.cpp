#include "train/schedule.hpp"
#include "unit/trial_support.hpp"

#include <cmath>
#include <numbers>
#include <span>

#include <gmock/gmock.h>

// Schedules that follow one another, and how they drive an optimizer's hyperparameters.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace ravine::testing;

constexpr amount steps(double count) { return {count, cost_unit::steps}; }
constexpr amount epochs(double count) { return {count, cost_unit::epochs}; }

/// The values for the steps `from` to `to`, with 1 as the base.
std::vector<double> values(const std::vector<schedule_stage>& stages, const horizon& planned,
                           std::uint64_t from, std::uint64_t to) {
  schedule_sequence sequence(stages, planned, trial_plugins());
  std::vector<double> all;
  for (std::uint64_t step = from; step <= to; ++step) all.push_back(sequence.value(step, 1));
  return all;
}

/// What the schedules of `stages` are told at `step`: "t=0 of 4 steps".
std::string progress(const std::vector<schedule_stage>& stages, const horizon& planned, std::uint64_t step) {
  ::testing::internal::CaptureStderr();
  schedule_sequence(stages, planned, trial_plugins()).value(step, 1);
  std::string text = ::testing::internal::GetCapturedStderr();
  return text.substr(6, text.find('\n') - 6);
}

double cosine(double share) { return (1 + std::cos(std::numbers::pi * share)) / 2; }

TEST(schedule_sequence, warmup_then_cosine_each_from_its_own_beginning) {
  const std::vector<schedule_stage> stages{stage("warmup", {}, steps(4)), stage("cosine")};
  const auto value = values(stages, {12, 0}, 1, 12);
  EXPECT_THAT(std::span(value).first(4), ElementsAre(0.25, 0.4375, 0.625, 0.8125));
  EXPECT_EQ(value[4], 1) << "the first step after the warm-up has the base value";
  for (std::size_t i = 4; i < 12; ++i) EXPECT_DOUBLE_EQ(value[i], cosine(static_cast<double>(i - 4) / 8));
}

TEST(schedule_sequence, lengths_in_epochs_are_counted_in_steps) {
  const std::vector<schedule_stage> stages{stage("warmup", {}, epochs(0.5)), stage("cosine", {}, epochs(1)),
                                           stage("constant", {{"factor", 0.25}})};
  const auto value = values(stages, {20, 4}, 1, 20);
  EXPECT_EQ(value[0], 0.5) << "step 1 of 2";
  EXPECT_EQ(value[1], 0.75) << "step 2 of 2";
  EXPECT_EQ(value[2], 1);
  EXPECT_DOUBLE_EQ(value[5], cosine(0.75));
  for (std::size_t i = 6; i < 20; ++i) EXPECT_EQ(value[i], 0.25);
}

TEST(schedule_sequence, by_epoch_changes_at_epochs_only) {
  const auto value =
      values({stage("step_decay", {{"every", std::int64_t{1}}}, std::nullopt, schedule_unit::epoch)}, {12, 4},
             1, 12);
  EXPECT_THAT(value, ElementsAre(1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25));
}

TEST(schedule_sequence, tells_t_and_total_in_the_unit_chosen) {
  const std::vector<schedule_stage> by_step{stage("log_scheduler", {}, steps(6)), stage("log_scheduler")};
  EXPECT_EQ(progress(by_step, {20, 4}, 1), "t=0 of 6 steps");
  EXPECT_EQ(progress(by_step, {20, 4}, 6), "t=5 of 6 steps");
  EXPECT_EQ(progress(by_step, {20, 4}, 7), "t=0 of 14 steps");
  EXPECT_EQ(progress(by_step, {20, 4}, 20), "t=13 of 14 steps");
  const std::vector<schedule_stage> by_epoch{stage("log_scheduler", {}, epochs(2), schedule_unit::epoch),
                                             stage("log_scheduler", {}, std::nullopt, schedule_unit::epoch)};
  EXPECT_EQ(progress(by_epoch, {20, 4}, 4), "t=0 of 2 epochs");
  EXPECT_EQ(progress(by_epoch, {20, 4}, 5), "t=1 of 2 epochs");
  EXPECT_EQ(progress(by_epoch, {20, 4}, 9), "t=0 of 3 epochs");
  EXPECT_EQ(progress(by_epoch, {20, 4}, 20), "t=2 of 3 epochs");
}

TEST(schedule_sequence, by_epoch_after_a_part_of_an_epoch_counts_its_own_epochs) {
  const std::vector<schedule_stage> stages{stage("log_scheduler", {}, steps(2)),
                                           stage("log_scheduler", {}, std::nullopt, schedule_unit::epoch)};
  EXPECT_EQ(progress(stages, {20, 4}, 3), "t=0 of 4.5 epochs");
  EXPECT_EQ(progress(stages, {20, 4}, 6), "t=0 of 4.5 epochs");
  EXPECT_EQ(progress(stages, {20, 4}, 7), "t=1 of 4.5 epochs");
}

TEST(schedule_sequence, without_a_planned_end_total_is_infinite) {
  EXPECT_EQ(progress({stage("log_scheduler")}, {0, 4}, 3), "t=2 of inf steps");
  EXPECT_THAT(plugin_error_of([] {
                values({stage("cosine")}, {0, 4}, 1, 1);
              }),
              HasSubstr("needs a planned length"));
}

TEST(schedule_sequence, the_last_one_goes_on_beyond_its_length) {
  const auto value = values({stage("cosine", {}, steps(2))}, {5, 0}, 1, 5);
  EXPECT_THAT(value, ElementsAre(1, 0.5, 0, 0, 0));
}

TEST(schedule_sequence, refuses_epochs_on_a_landscape) {
  EXPECT_EQ(plugin_error_of([] {
              values({stage("warmup", {}, epochs(1))}, {10, 0}, 1, 1);
            }),
            "a schedule is measured in epochs, but a landscape has none; give its length in steps");
  EXPECT_EQ(plugin_error_of([] {
              values({stage("constant", {}, std::nullopt, schedule_unit::epoch)}, {10, 0}, 1, 1);
            }),
            "a schedule goes by epoch, but a landscape has none; use by: step");
}

TEST(schedule_sequence, only_the_schedule_in_force_observes) {
  schedule_sequence sequence({stage("c_halving", {}, steps(2)), stage("c_halving")}, {10, 0},
                             trial_plugins());
  sequence.observe(1, 1);
  sequence.observe(2, 1);  // not better
  EXPECT_EQ(sequence.value(2, 8), 4);
  EXPECT_EQ(sequence.value(3, 8), 8) << "its successor has seen nothing";
  sequence.observe(3, 1);
  sequence.observe(4, 2);
  EXPECT_EQ(sequence.value(5, 8), 4);
}

TEST(trial_schedules, drive_several_hyperparameters_at_once) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 3, {{"lr", 0.5}, {"mu", 0.25}});
  spec.optimizer.schedules["lr"] = {stage("step_decay", {{"every", std::int64_t{1}}})};
  spec.optimizer.schedules["mu"] = {stage("log_scheduler", {{"slope", 0.25}})};
  const auto [result, log] = run_logged(spec);
  const auto seen = beginning_with("step=", log);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_THAT(seen[0], HasSubstr("lr=0.5 mu=0.25 "));
  EXPECT_THAT(seen[1], HasSubstr("lr=0.25 mu=0.5 "));
  EXPECT_THAT(seen[2], HasSubstr("lr=0.125 mu=0.75 "));
  const auto& last = result.evaluations.back().metrics;
  EXPECT_EQ(last.at("value.lr"), 0.125);
  EXPECT_EQ(last.at("value.mu"), 0.75);
}

TEST(trial_schedules, only_lr_is_recorded_of_what_stays) {
  const auto [result, log] = run_logged(trial_of("log_bowl", "log_optimizer", 3));
  const auto& last = result.evaluations.back().metrics;
  EXPECT_EQ(last.count("value.lr"), 1U);
  EXPECT_EQ(last.count("value.mu"), 0U);
}

TEST(trial_schedules, observe_the_loss_at_each_evaluation_but_the_first) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 4, {{"lr", 1.0}});
  spec.optimizer.schedules["mu"] = {stage("log_scheduler")};
  spec.evaluate.every = {2, cost_unit::steps};
  EXPECT_THAT(beginning_with("observe", run_logged(spec).second), ElementsAre("observe 0", "observe 0"));
}

TEST(trial_schedules, observe_the_validation_loss_where_there_is_one) {
  dataset_content content = testing::labelled_content(3);
  trial_spec spec = trial_of("log_rows", "log_optimizer", 1, {{"lr", 1.0}});  // to the mean, 1
  spec.optimizer.schedules["mu"] = {stage("log_scheduler")};
  spec.train.batch_size = 0;
  content.validation = {{1}, {1}};
  dataset data = share_dataset(content);
  EXPECT_THAT(beginning_with("observe", run_logged(spec, &data).second), ElementsAre("observe 0"));
  data.validation = {};
  const auto [result, log] = run_logged(spec, &data);
  const std::vector<std::string> observed = beginning_with("observe", log);
  ASSERT_EQ(observed.size(), 1U);
  EXPECT_NEAR(std::stod(observed[0].substr(8)), result.evaluations.back().metrics.at("train_loss"), 1e-8);
}

TEST(trial_schedules, may_touch_the_open_end_of_a_range) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 2, {{"lr", 0.5}});
  spec.optimizer.schedules["lr"] = {stage("linear_range")};  // 0 at first, and lr is above 0
  EXPECT_EQ(run_logged(spec).first.status, trial_status::completed);
}

TEST(trial_schedules, that_leave_the_range_fail_the_trial) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 5);
  spec.optimizer.schedules["mu"] = {stage("log_scheduler", {{"slope", 0.1}})};
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason,
            "the schedule of mu gives 1.1 at step 4 (from 0.8 in the manifest), expected a real number >= 0 "
            "and <= 1");
  EXPECT_EQ(result.spent.steps, 3U);
}

TEST(trial_schedules, without_a_planned_end_say_what_is_missing) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 1);
  spec.train.budget = {1, cost_unit::seconds};
  spec.optimizer.schedules["lr"] = {stage("cosine")};
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.reason,
            "cosine: value: needs a planned length: give `for:`, or a budget in steps or epochs");
}

}  // namespace
}  // namespace ravine
