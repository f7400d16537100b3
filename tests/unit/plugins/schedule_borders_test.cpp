#include "train/schedule.hpp"
#include "unit/plugin_support.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Schedules one after another, by step and by epoch, on any hyperparameter.
namespace ravine {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using testing::shipped_plugins;

schedule_stage stage(const std::string& use, std::optional<amount> length = {}, const settings& with = {},
                     schedule_unit unit = schedule_unit::step) {
  return {{use, with, ""}, length, unit};
}
amount steps(double count) { return {count, cost_unit::steps}; }
amount epochs(double count) { return {count, cost_unit::epochs}; }
amount share(double of) { return {of, cost_unit::share}; }

std::vector<double> values(schedule_sequence sequence, std::uint64_t count, double base = 1) {
  std::vector<double> all;
  for (std::uint64_t step = 1; step <= count; ++step) all.push_back(sequence.value(step, base));
  return all;
}

TEST(schedule_borders, each_stage_counts_from_its_own_beginning) {
  EXPECT_THAT(values({{stage("warmup", steps(2)), stage("polynomial")}, {6, 0}, shipped_plugins()}, 6),
              ElementsAre(0.5, 0.75, 1, 0.75, 0.5, 0.25));
}

TEST(schedule_borders, the_last_stage_stays_at_its_end) {
  EXPECT_THAT(values({{stage("polynomial", steps(2), {{"floor", 0.25}})}, {5, 0}, shipped_plugins()}, 5),
              ElementsAre(1, 0.5, 0.25, 0.25, 0.25));
}

TEST(schedule_borders, a_stage_without_steps_is_passed_over) {
  EXPECT_THAT(values({{stage("warmup", steps(0)), stage("constant")}, {2, 0}, shipped_plugins()}, 2),
              ElementsAre(1, 1));
}

TEST(schedule_borders, by_epoch_the_value_changes_once_an_epoch) {
  const settings halves{{"every", std::int64_t{1}}};
  EXPECT_THAT(values({{stage("step_decay", {}, halves, schedule_unit::epoch)}, {7, 3}, shipped_plugins()}, 7),
              ElementsAre(1, 1, 1, 0.5, 0.5, 0.5, 0.25));
}

TEST(schedule_borders, by_epoch_after_a_part_of_an_epoch_counts_from_there) {
  const settings halves{{"every", std::int64_t{1}}};
  EXPECT_THAT(values({{stage("warmup", epochs(0.5)), stage("step_decay", {}, halves, schedule_unit::epoch)},
                      {10, 4},
                      shipped_plugins()},
                     10),
              ElementsAre(0.5, 0.75, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5));
}

TEST(schedule_borders, by_epoch_the_length_is_in_epochs_too) {
  // 2.5 epochs of 2 steps: t = 0, 0, 1, 1, 2 of T = 2.5.
  EXPECT_THAT(
      values({{stage("polynomial", epochs(2.5), {}, schedule_unit::epoch)}, {5, 2}, shipped_plugins()}, 5),
      ElementsAre(1, 1, DoubleEq(0.6), DoubleEq(0.6), DoubleEq(0.2)));
}

TEST(schedule_borders, parts_of_an_epoch_add_up_to_whole_epochs) {
  // Half an epoch is 2.5 steps: the first stage has 3, the second 2.
  EXPECT_THAT(values({{stage("constant", epochs(0.5), {{"factor", 3.0}}),
                       stage("constant", epochs(0.5), {{"factor", 2.0}}), stage("constant")},
                      {7, 5},
                      shipped_plugins()},
                     7),
              ElementsAre(3, 3, 3, 2, 2, 1, 1));
}

TEST(schedule_borders, shares_are_of_the_whole_budget_and_end_at_the_nearest_step) {
  const std::vector<schedule_stage> stages{stage("constant", share(0.25), {{"factor", 3.0}}),
                                           stage("constant", share(0.25), {{"factor", 2.0}}),
                                           stage("constant")};
  EXPECT_THAT(values({stages, {8, 0}, shipped_plugins()}, 8), ElementsAre(3, 3, 2, 2, 1, 1, 1, 1));
  // A quarter of 7 steps is 1.75 of them, a half 3.5, whatever an epoch has.
  EXPECT_THAT(values({stages, {7, 3}, shipped_plugins()}, 7), ElementsAre(3, 3, 2, 2, 1, 1, 1));
  EXPECT_THAT(values({{stage("polynomial", share(1))}, {4, 0}, shipped_plugins()}, 4),
              ElementsAre(1, 0.75, 0.5, 0.25));
}

TEST(schedule_borders, a_share_of_an_unknown_number_of_steps_is_refused) {
  EXPECT_THAT(
      testing::plugin_error_of([] {
        schedule_sequence({stage("warmup", share(0.1)), stage("constant")}, {0, 5}, shipped_plugins());
      }),
      ::testing::HasSubstr("is a share of the budget, which does not tell the number of steps"));
}

TEST(schedule_borders, wsd_warms_up_stays_and_decays_over_its_shares) {
  const settings quarters{{"warmup", 0.25}, {"decay", 0.5}, {"shape", std::string("linear")}};
  EXPECT_THAT(values({{stage("wsd", steps(8), quarters)}, {10, 0}, shipped_plugins()}, 10),
              ElementsAre(0.5, 0.75, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0));
  EXPECT_THAT(
      values(
          {{stage("wsd", {}, {{"warmup", 0.0}, {"decay", 1.0}, {"final", 0.5}})}, {4, 0}, shipped_plugins()},
          4),
      ElementsAre(1, 0.75, DoubleEq(1 - 0.5 * std::sqrt(0.5)), DoubleEq(1 - 0.5 * std::sqrt(0.75))));
  EXPECT_THAT(
      values({{stage("wsd", steps(2), {{"warmup", 0.0}, {"decay", 0.0}})}, {3, 0}, shipped_plugins()}, 3),
      ElementsAre(1, 1, 0));
  EXPECT_THAT(values({{stage("wsd", steps(2), {{"warmup", 1.0}, {"decay", 0.0}, {"final", 1.0}})},
                      {3, 0},
                      shipped_plugins()},
                     3),
              ElementsAre(0.5, 0.75, 1));
  EXPECT_THAT(
      testing::plugin_error_of([] {
        schedule_sequence({stage("wsd", {}, {{"warmup", 0.6}, {"decay", 0.6}})}, {9, 0}, shipped_plugins());
      }),
      ::testing::HasSubstr("their sum must be at most 1"));
}

TEST(schedule_borders, power_begins_to_fall_after_its_warmup) {
  const settings square{{"exponent", 2.0}, {"warmup", std::int64_t{2}}};
  EXPECT_THAT(values({{stage("power", {}, square)}, {4, 0}, shipped_plugins()}, 4),
              ElementsAre(1, 1, DoubleEq(4.0 / 9), 0.25));
  settings linear = square;
  linear["start"] = std::string("linear");
  EXPECT_THAT(values({{stage("power", {}, linear)}, {4, 0}, shipped_plugins()}, 4),
              ElementsAre(0.5, 1, DoubleEq(4.0 / 9), 0.25));
}

TEST(schedule_borders, no_epoch_of_a_warmup_by_epoch_is_at_0) {
  // 4 epochs of 2 steps.
  const std::vector<schedule_stage> stages{stage("warmup", epochs(4), {}, schedule_unit::epoch),
                                           stage("constant")};
  EXPECT_THAT(values({stages, {10, 2}, shipped_plugins()}, 10),
              ElementsAre(0.25, 0.25, 0.4375, 0.4375, 0.625, 0.625, 0.8125, 0.8125, 1, 1));
  EXPECT_THAT(
      values({{stage("warmup", epochs(0.5), {}, schedule_unit::epoch)}, {2, 4}, shipped_plugins()}, 2),
      ElementsAre(1, 1))
      << "less than one epoch";
}

TEST(schedule_borders, does_not_depend_on_the_order_of_calls) {
  schedule_sequence sequence({stage("warmup", steps(2)), stage("cosine")}, {6, 0}, shipped_plugins());
  const double late = sequence.value(5, 1);
  const double early = sequence.value(2, 1);
  EXPECT_EQ(sequence.value(5, 1), late);
  EXPECT_EQ(sequence.value(2, 1), early);
}

TEST(schedule_borders, a_plateau_after_a_warmup_sees_only_its_own_metrics) {
  const settings impatient{{"factor", 0.5}, {"patience", std::int64_t{1}}};
  schedule_sequence sequence({stage("warmup", steps(3)), stage("plateau", {}, impatient)}, {0, 0},
                             shipped_plugins());
  for (std::uint64_t step = 1; step <= 3; ++step) sequence.observe(step, 1);  // below what follows
  std::vector<double> seen;
  for (std::uint64_t step = 4; step <= 8; ++step) {
    seen.push_back(sequence.value(step, 1));
    sequence.observe(step, 5);  // the first is the best so far, two more are borne no longer
  }
  EXPECT_THAT(seen, ElementsAre(1, 1, 1, 0.5, 0.5));
}

TEST(schedule_borders, epochs_need_data) {
  EXPECT_EQ(testing::plugin_error_of([] {
              schedule_sequence({stage("constant", epochs(1))}, {10, 0}, shipped_plugins());
            }),
            "a schedule is measured in epochs, but a landscape has none; give its length in steps");
  EXPECT_EQ(
      testing::plugin_error_of([] {
        schedule_sequence({stage("constant", {}, {}, schedule_unit::epoch)}, {10, 0}, shipped_plugins());
      }),
      "a schedule goes by epoch, but a landscape has none; use by: step");
}

TEST(hyper_schedules, one_cycle_drives_the_rate_and_inversely_the_momentum) {
  const testing::vector_layout layout(RV_F64, 1);
  const component& momentum = shipped_plugins().get(component_kind::optimizer, "momentum");
  optimizer target(momentum, layout, {{"lr", 0.4}, {"beta", 0.95}});
  optimizer_spec spec;
  const setting linear = std::string("linear");
  spec.schedules["lr"] = {stage("one_cycle", {}, {{"anneal", linear}})};
  spec.schedules["beta"] = {stage("one_cycle", {}, {{"anneal", linear}, {"direction", std::string("fall")}})};
  hyper_schedules schedules(spec, target, {100, 0}, shipped_plugins());

  const auto at_step = [&](std::uint64_t step) {
    schedules.begin_step(step);
    return schedules.values();
  };
  const double* first = at_step(1);
  EXPECT_DOUBLE_EQ(first[0], 0.4 / 25);
  EXPECT_EQ(first[1], 0.95);
  const double* turn = at_step(30);
  EXPECT_EQ(turn[0], 0.4);
  EXPECT_EQ(turn[1], 0.85);
  const double* last = at_step(100);
  EXPECT_DOUBLE_EQ(last[0], 0.4 / 25 / 1e4);
  EXPECT_EQ(last[1], 0.95);
  EXPECT_THAT(schedules.recorded(), ::testing::SizeIs(2));
}

}  // namespace
}  // namespace ravine
