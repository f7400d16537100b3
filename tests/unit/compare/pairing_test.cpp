#include "compare/comparison.hpp"
#include "unit/compare/compare_support.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What is said of pairs with a baseline, and which line leads.
namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make;
using ::testing::Not;
using ::testing::Pair;

/// Losses with a common course over the repetitions, shifted by `shift`, and bent so that no two pairs differ
/// by the same amount.
void add_line(std::vector<stored_trial>& trials, const char* optimizer, std::uint64_t repetitions,
              double shift, const char* problem = "beale") {
  for (std::uint64_t i = 0; i < repetitions; ++i) {
    const auto course = static_cast<double>(i);
    trials.push_back(make({.optimizer = optimizer,
                           .repetition = i,
                           .final_metrics = {{"loss", 10 + course + shift * (1 + course / 100)}},
                           .problem = problem}));
  }
}

std::vector<stored_trial> three_lines(std::uint64_t repetitions) {
  std::vector<stored_trial> trials;
  add_line(trials, "sgd", repetitions, 0);
  add_line(trials, "adam", repetitions, -1);
  add_line(trials, "momentum", repetitions, -2);
  return trials;
}

TEST(holm_family, is_the_same_whatever_is_shown) {
  std::vector<stored_trial> all = three_lines(8);
  add_line(all, "sgd", 8, 0, "booth");
  add_line(all, "adam", 8, 1, "booth");
  const comparison whole = compare(all, "sgd");
  EXPECT_EQ(whole.tests, 3U);
  const paired_summary& adam = whole.problems[0].paired[0];
  EXPECT_EQ(adam.p_value, 2.0 / 256);
  EXPECT_EQ(adam.adjusted_p_value, 3 * adam.p_value);
  std::vector<stored_trial> shown = all;
  std::erase_if(shown,
                [](const auto& trial) { return trial.optimizer == "momentum" || trial.problem == "booth"; });
  EXPECT_EQ(compare(shown, "sgd").problems[0].paired[0].adjusted_p_value, adam.p_value) << "alone";
  const comparison part = compare(shown, "sgd", family_of_tests(all, "sgd"));
  EXPECT_EQ(part.problems[0].paired.size(), 1U);
  EXPECT_EQ(part.problems[0].paired[0].adjusted_p_value, adam.adjusted_p_value);
  EXPECT_EQ(part.tests, 3U);
}

TEST(holm_family, counts_no_test_without_a_p_value) {
  std::vector<stored_trial> trials = three_lines(8);
  trials.push_back(make({.optimizer = "lion", .repetition = 100}));
  const comparison compared = compare(trials, "sgd");
  EXPECT_EQ(compared.tests, 2U);
  EXPECT_THAT(family_of_tests(trials, "nobody"), IsEmpty());
}

TEST(few_pairs, are_warned_of_with_what_holm_needs) {
  EXPECT_THAT(
      compare(three_lines(5), "sgd").problems[0].warnings,
      Contains("5 pairs with the baseline: p can't be below 0.0625; p < 0.05 takes 6 pairs, and 7 after "
               "Holm's correction for 2 tests"));
  EXPECT_THAT(
      compare(three_lines(6), "sgd").problems[0].warnings,
      Contains("6 pairs with the baseline: after Holm's correction for 2 tests p can't be below 0.0625; "
               "p < 0.05 takes 7 pairs"));
  EXPECT_THAT(compare(three_lines(7), "sgd").problems[0].warnings,
              Not(Contains(HasSubstr("with the baseline"))));
  EXPECT_THAT(compare(three_lines(5)).problems[0].warnings, Not(Contains(HasSubstr("with the baseline"))));
  std::vector<stored_trial> apart{make({.optimizer = "sgd"}), make({.optimizer = "adam", .repetition = 1})};
  EXPECT_THAT(compare(apart, "sgd").problems[0].warnings,
              Contains("an optimizer has no repetition in common with the baseline: no p-value"));
}

TEST(paired_difference, stays_finite_where_one_trial_failed) {
  std::vector<stored_trial> trials = three_lines(8);
  trials[8].result.status = trial_status::diverged;
  const paired_summary adam = compare(trials, "sgd").problems[0].paired[0];
  EXPECT_EQ(adam.differences[0], std::numeric_limits<double>::infinity());
  EXPECT_EQ(adam.mean_difference, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(adam.difference.estimate, -1.035, 0.01);
}

TEST(paired_difference, has_no_interval_of_one_measurement_repeated) {
  std::vector<stored_trial> trials;
  for (const char* optimizer : {"sgd", "adam"}) {
    for (std::uint64_t i = 0; i < 8; ++i) {
      const double loss = *optimizer == 's' ? 2 : 1;
      trials.push_back(make({.optimizer = optimizer, .repetition = i, .final_metrics = {{"loss", loss}}}));
    }
  }
  const paired_summary adam = compare(trials, "sgd").problems[0].paired[0];
  EXPECT_EQ(adam.difference.estimate, -1);
  EXPECT_TRUE(std::isnan(adam.difference.confidence) && std::isnan(adam.difference.range.lower));
  EXPECT_TRUE(std::isnan(adam.p_value));
}

TEST(leaders, are_told_apart_from_every_other_line) {
  EXPECT_THAT(compare(three_lines(7)).problems[0].leaders, Contains(Pair("loss", 2U)));
  EXPECT_THAT(compare(three_lines(6)).problems[0].leaders, IsEmpty()) << "two tests take 7 pairs";
  std::vector<stored_trial> trials = three_lines(20);
  add_line(trials, "lion", 20, -2);
  EXPECT_THAT(compare(trials).problems[0].leaders, IsEmpty()) << "two lines are equal";
  std::vector<stored_trial> alone;
  add_line(alone, "sgd", 20, 0);
  EXPECT_THAT(compare(alone).problems[0].leaders, IsEmpty());
}

TEST(leaders, need_no_test_where_nothing_is_random) {
  const auto exact = [](const char* optimizer, double loss) {
    return make({.optimizer = optimizer, .final_metrics = {{"loss", loss}}, .noise = 0});
  };
  EXPECT_THAT(compare({exact("sgd", 2), exact("adam", 1)}).problems[0].leaders, Contains(Pair("loss", 1U)));
  EXPECT_THAT(compare({exact("sgd", 1 + 1e-15), exact("adam", 1)}).problems[0].leaders, IsEmpty());
}

TEST(leaders, are_not_told_apart_within_the_target_of_a_landscape) {
  const auto leaders = [](double sgd, double adam, const std::optional<data_request>& data = {}) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 8; ++i) {
      const double spread = 1 + static_cast<double>(i) / 100;
      for (const auto& [optimizer, loss] : {std::pair("sgd", sgd), std::pair("adam", adam)}) {
        trials.push_back(make({.optimizer = optimizer,
                               .repetition = i,
                               .final_metrics = {{data ? "validation_loss" : "loss", loss * spread}},
                               .data = data}));
      }
    }
    return compare(trials).problems[0].leaders;
  };
  EXPECT_THAT(leaders(1.7e-30, 6e-32), IsEmpty()) << "both are far below the target of 0.5";
  EXPECT_THAT(leaders(0.6, 6e-32), Contains(Pair("loss", 1U))) << "one is not";
  EXPECT_THAT(leaders(0.7, 0.6), Contains(Pair("loss", 1U))) << "neither is";
  EXPECT_THAT(leaders(0.4, 0.1, data_request{"digits", {}}), Contains(Pair("validation_loss", 1U)))
      << "on data a target is no precision";
}

TEST(leaders, win_no_race_that_was_timed_side_by_side) {
  const auto raced = [](unsigned jobs) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 10; ++i) {
      trials.push_back(
          make({.optimizer = "sgd", .repetition = i, .target_steps = 50.0 + static_cast<double>(i)}));
      trials.push_back(
          make({.optimizer = "adam", .repetition = i, .final_metrics = {{"loss", 0.4}}, .target_steps = 20}));
    }
    for (stored_trial& trial : trials) trial.origin.jobs = jobs;
    return compare(trials).problems[0].leaders;
  };
  EXPECT_THAT(raced(1), Contains(Pair("seconds", 1U)));
  EXPECT_THAT(raced(2), Not(Contains(::testing::Key("seconds"))));
  EXPECT_THAT(raced(2), Contains(Pair("evaluations", 1U)));
}

}  // namespace
}  // namespace ravine
