#include "compare/comparison.hpp"
#include "unit/compare/compare_support.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// How sure a choice among search points is, and what is said of how it was made.
namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make;
using ::testing::Not;

using metrics = std::map<std::string, double>;

stored_trial trial_at(double lr, std::uint64_t repetition, const metrics& final, trial_role role) {
  stored_trial trial =
      make({.repetition = role == trial_role::search ? search_repetition + repetition : repetition,
            .final_metrics = final,
            .point = {{"lr", lr}}});
  trial.role = role;
  return trial;
}

/// Search trials of one point with these losses, in its search repetitions.
void search(std::vector<stored_trial>& trials, double lr, const std::vector<double>& losses) {
  for (std::size_t i = 0; i < losses.size(); ++i) {
    trials.push_back(trial_at(lr, i, {{"loss", losses[i]}}, trial_role::search));
    if (std::isinf(losses[i])) trials.back().result.status = trial_status::diverged;
  }
}

constexpr double failed = std::numeric_limits<double>::infinity();

/// Three search repetitions each; the point at 0.1 was chosen.
std::vector<stored_trial> tuned() {
  std::vector<stored_trial> trials;
  search(trials, 0.1, {1, 2, 3});
  search(trials, 0.2, {1.5, 2.1, 3.3});  // t = 2.6 of 4.3
  search(trials, 0.3, {2.0, 3.1, 4.0});  // t = 31
  search(trials, 0.4, {failed, 2, 3});   // nobody knows
  search(trials, 0.5, {failed, failed, failed});
  search(trials, 0.6, {1, 2, 3});
  search(trials, 0.7, {2, 3, 4});  // by 1 each time
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(trial_at(0.1, i, {{"loss", 1.0 + static_cast<double>(i)}}, trial_role::result));
  }
  return trials;
}

TEST(choices, count_the_points_that_search_repetitions_do_not_tell_from_the_best) {
  const problem_summary problem = compare(tuned()).problems[0];
  ASSERT_EQ(problem.choices.size(), 1U);
  const choice_summary& choice = problem.choices[0];
  EXPECT_EQ(choice.optimizer, "adam");
  EXPECT_EQ(choice.metric, "loss");
  EXPECT_EQ(choice.point.at("lr"), setting(0.1));
  EXPECT_EQ(choice.repetitions, 3U);
  EXPECT_EQ(choice.others, 6U);
  EXPECT_EQ(choice.within_noise, 3U) << "0.2, 0.4 and 0.6";
}

TEST(choices, leave_out_points_that_were_stopped_early) {
  std::vector<stored_trial> trials = tuned();
  for (stored_trial& trial : trials) {
    if (trial.point.at("lr") == setting(0.2)) trial.result.status = trial_status::stopped_early;
  }
  EXPECT_EQ(compare(trials).problems[0].choices.at(0).others, 5U);
  EXPECT_EQ(compare(trials).problems[0].choices.at(0).within_noise, 2U);
}

TEST(choices, of_one_search_repetition_are_not_judged) {
  std::vector<stored_trial> trials;
  search(trials, 0.1, {1});
  search(trials, 0.2, {2});
  trials.push_back(trial_at(0.1, 0, {{"loss", 1}}, trial_role::result));
  EXPECT_THAT(compare(trials).problems[0].choices, IsEmpty());
}

TEST(choice_warnings, tell_of_points_chosen_by_what_is_compared) {
  const auto curse = HasSubstr(
      "the points shown of adam were chosen by the same repetitions that are compared, which flatters them "
      "(winner's curse)");
  std::vector<stored_trial> untuned;
  for (std::uint64_t i = 0; i < 5; ++i) {
    for (const double lr : {0.1, 0.2}) {
      untuned.push_back(trial_at(lr, i, {{"loss", lr + static_cast<double>(i)}}, trial_role::result));
    }
  }
  EXPECT_THAT(compare(untuned).problems[0].warnings, Contains(curse));
  EXPECT_THAT(compare(tuned()).problems[0].warnings, Not(Contains(curse)));
  std::vector<stored_trial> exact;
  for (const double lr : {0.1, 0.2}) {
    exact.push_back(make({.final_metrics = {{"loss", lr}}, .point = {{"lr", lr}}, .noise = 0}));
  }
  EXPECT_THAT(compare(exact).problems[0].warnings, Not(Contains(curse))) << "nothing is random";
}

/// Two points: one with the better validation loss, the other with the better validation accuracy.
std::vector<stored_trial> at_odds(trial_role role, double second_accuracy) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 3; ++i) {
    trials.push_back(trial_at(
        0.1, i, {{"validation_loss", 0.1}, {"validation_accuracy", 0.90}, {"test_accuracy", 0.9}}, role));
    trials.push_back(trial_at(
        0.2, i, {{"validation_loss", 0.2}, {"validation_accuracy", second_accuracy}, {"test_accuracy", 0.9}},
        role));
  }
  return trials;
}

TEST(choice_warnings, tell_where_selection_and_reported_metric_disagree) {
  const auto told = Contains(
      "by validation_accuracy the choice would be another: adam lr=0.2; test_accuracy is what is reported");
  EXPECT_THAT(compare(at_odds(trial_role::result, 0.95)).problems[0].warnings, told);
  const auto nothing = Not(Contains(HasSubstr("the choice would be another")));
  EXPECT_THAT(compare(at_odds(trial_role::result, 0.85)).problems[0].warnings, nothing);
  EXPECT_THAT(compare(at_odds(trial_role::result, 0.90)).problems[0].warnings, nothing) << "they are equal";

  std::vector<stored_trial> tuned = at_odds(trial_role::search, 0.95);
  tuned.push_back(trial_at(0.1, 0, tuned[0].result.evaluations.back().metrics, trial_role::result));
  EXPECT_THAT(compare(tuned).problems[0].warnings, told);
  tuned.back() = trial_at(0.2, 0, tuned[1].result.evaluations.back().metrics, trial_role::result);
  EXPECT_THAT(compare(tuned).problems[0].warnings, nothing) << "tuning.metric was validation_accuracy";
}

TEST(choice_warnings, take_the_choice_of_another_metric_as_tuning_makes_it) {
  // In the mean the second point is better by accuracy, where a failure counts as 0; by the median, which
  // tuning takes as soon as one point failed now and then, the first is better.
  const auto warnings_of = [](double chosen) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 3; ++i) {
      const auto at = [&](double lr, double loss, double accuracy) {
        trials.push_back(trial_at(
            lr, i, {{"validation_loss", loss}, {"validation_accuracy", accuracy}, {"test_accuracy", 0.9}},
            trial_role::search));
      };
      at(0.1, 0.1, 0.9);
      if (i == 2) trials.back().result.status = trial_status::diverged;
      at(0.2, 0.2, 0.8);
    }
    trials.push_back(
        make({.final_metrics = trials[0].result.evaluations.back().metrics, .point = {{"lr", chosen}}}));
    return compare(trials).problems[0].warnings;
  };
  EXPECT_THAT(warnings_of(0.1), Not(Contains(HasSubstr("the choice would be another"))));
  EXPECT_THAT(warnings_of(0.2), Contains(HasSubstr("the choice would be another: adam lr=0.1;")));
}

TEST(choice_warnings, take_gap_and_loss_for_one_metric) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 3; ++i) {
    for (const double lr : {0.1, 0.2}) {
      // 100 is the minimum; the loss does not show what the gap does.
      trials.push_back(trial_at(lr, i, {{"loss", 100}, {"gap", lr == 0.1 ? 1e-20 : 0}}, trial_role::result));
    }
  }
  const problem_summary problem = compare(trials).problems[0];
  ASSERT_EQ(problem.metrics[0], "gap");
  ASSERT_EQ(problem.selection_metric, "loss");
  EXPECT_THAT(problem.warnings, Not(Contains(HasSubstr("the choice would be another"))));
}

TEST(pairing, tells_what_it_saves) {
  std::vector<stored_trial> trials;
  // Of losses that rise and fall together.
  const std::vector<double> first{1, 2, 3, 4, 5, 6}, second{1.5, 2.7, 3.4, 4.6, 5.5, 6.7};
  for (std::uint64_t i = 0; i < first.size(); ++i) {
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .final_metrics = {{"loss", first[i]}}}));
    trials.push_back(make({.optimizer = "adam", .repetition = i, .final_metrics = {{"loss", second[i]}}}));
  }
  const paired_summary adam = compare(trials, "sgd").problems[0].paired.at(0);
  // numpy 1.24: corrcoef, std(ddof=1) and sqrt of the sum of both variances.
  EXPECT_NEAR(adam.correlation, 0.998122123174389, 1e-12);
  EXPECT_NEAR(adam.deviation, 0.12110601416389975, 1e-12);
  EXPECT_NEAR(adam.unpaired_deviation, 2.671079681826558, 1e-12);
  EXPECT_EQ(adam.pairs_needed, 6);
  EXPECT_EQ(adam.unpaired_needed, 184);
}

TEST(score, has_no_interval_below_five_repetitions) {
  const auto interval_of = [](std::uint64_t repetitions) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < repetitions; ++i) {
      trials.push_back(make({.repetition = i, .final_metrics = {{"loss", static_cast<double>(i)}}}));
    }
    const score_summary score = compare(trials).problems[0].configurations[0].scores[0];
    EXPECT_EQ(std::isnan(score.median_interval.lower), std::isnan(score.interquartile_mean_interval.upper));
    return score.median_interval;
  };
  EXPECT_TRUE(std::isnan(interval_of(4).lower));
  EXPECT_EQ(interval_of(5).lower, 0);
  EXPECT_EQ(interval_of(5).upper, 4);
}

}  // namespace
}  // namespace ravine
