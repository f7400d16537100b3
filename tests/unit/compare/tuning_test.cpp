#include "compare/comparison.hpp"
#include "unit/compare/compare_support.hpp"

#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::made_at;
using testing::make;

TEST(tuning, measures_sensitivity_and_what_a_smaller_budget_would_give) {
  const problem_summary problem =
      compare({made_at(0.1, 1), made_at(0.001, 4), made_at(0.01, 1.04)}).problems[0];
  ASSERT_EQ(problem.sensitivities.size(), 1U);
  const sensitivity_summary& lr = problem.sensitivities[0];
  EXPECT_THAT(lr.values, ElementsAre(0.001, 0.01, 0.1));
  EXPECT_THAT(lr.scores, ElementsAre(4, 1.04, 1));
  EXPECT_EQ(lr.range.lower, 0.01);
  EXPECT_EQ(lr.range.upper, 0.1);
  ASSERT_EQ(problem.tuning_budgets.size(), 1U);
  EXPECT_THAT(problem.tuning_budgets[0].expected_best,
              ElementsAre(DoubleEq(6.04 / 3), DoubleEq((1 + 1 + 1.04) / 3), DoubleEq(1)));
}

/// Results of five studies with two repetitions each, of what each study chose.
std::vector<stored_trial> five_studies(const char* optimizer, const std::vector<double>& losses) {
  std::vector<stored_trial> trials;
  for (std::size_t study = 0; study < losses.size(); ++study) {
    for (const std::uint64_t repetition : {0U, 1U}) {
      trials.push_back(make({.optimizer = optimizer,
                             .repetition = study * study_stride + repetition,
                             .final_metrics = {{"loss", losses[study] + static_cast<double>(repetition)}},
                             .point = {{"lr", 0.1 * static_cast<double>(study + 1)}}}));
    }
  }
  return trials;
}

TEST(studies, are_the_measurements_whatever_they_chose) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6, 8, 3});
  for (stored_trial& each : five_studies("sgd", {5, 4, 9, 12, 8})) trials.push_back(std::move(each));
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.configurations.size(), 2U) << "one line for each optimizer";
  const configuration_summary& adam = problem.configurations[0];
  EXPECT_TRUE(adam.point.empty());
  ASSERT_EQ(adam.studies.size(), 5U);
  EXPECT_EQ(adam.studies[2], (settings{{"lr", 0.1 * 3}}));
  EXPECT_EQ(adam.repetitions, 10U);
  EXPECT_THAT(adam.scores[0].values, ElementsAre(4.5, 2.5, 6.5, 8.5, 3.5)) << "the median of each study";
  EXPECT_EQ(adam.scores[0].median, 4.5);
  EXPECT_THAT(problem.paired[0].differences, ElementsAre(-1, -2, -3, -4, -5)) << "study by study";
  EXPECT_EQ(problem.paired[0].p_value, 2.0 / 32) << "of five pairs, not of ten";
  EXPECT_THAT(problem.leaders, IsEmpty()) << "of five pairs no test says so";
}

TEST(studies, have_no_pairs_with_repetitions) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6});
  for (const std::uint64_t repetition : {0U, 1U, 2U}) {
    trials.push_back(make({.optimizer = "sgd", .repetition = repetition, .final_metrics = {{"loss", 9}}}));
  }
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.paired.size(), 1U);
  EXPECT_THAT(problem.paired[0].differences, IsEmpty()) << "study 1 and repetition 1 share no randomness";
}

TEST(studies, are_not_pooled_with_another_experiment_of_the_same_label) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6});
  for (stored_trial& each : trials) each.experiment = "tuned";
  stored_trial& other = trials.emplace_back(make({.optimizer = "adam", .final_metrics = {{"loss", 100}}}));
  other.experiment = "plain";
  const problem_summary problem = compare(trials).problems[0];
  ASSERT_EQ(problem.configurations.size(), 2U);
  for (const configuration_summary& each : problem.configurations) {
    EXPECT_EQ(each.repetitions, each.optimizer == "adam (tuned)" ? 6U : 1U) << each.optimizer;
  }
}

TEST(studies, count_for_the_warnings) {
  const auto found = compare(five_studies("adam", {4, 2, 6})).problems[0].warnings;
  EXPECT_THAT(found, Contains("3 studies of tuning: fewer than 5 say little about spread"));
}

TEST(studies, that_have_failed_trials_have_their_median) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6, 8, 3});
  trials[0].result.status = trial_status::diverged;
  const problem_summary problem = compare(trials).problems[0];
  EXPECT_EQ(problem.configurations[0].scores[0].values[0], std::numeric_limits<double>::infinity());
  EXPECT_EQ(problem.configurations[0].scores[0].median, 6.5);
}

TEST(pairing, compares_the_same_repetitions_and_corrects_over_the_family) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const double base = static_cast<double>(i);
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .final_metrics = {{"loss", base}}}));
    trials.push_back(
        make({.optimizer = "adam", .repetition = 5 - i, .final_metrics = {{"loss", 4.5 - base}}}));
    if (i > 0) {
      trials.push_back(make({.optimizer = "nag", .repetition = i, .final_metrics = {{"loss", base + 1}}}));
    }
  }
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.paired.size(), 2U);
  const paired_summary& adam = problem.paired[0];
  EXPECT_EQ(adam.optimizer, "adam");
  EXPECT_THAT(adam.differences, ElementsAre(-0.5, -0.5, -0.5, -0.5, -0.5, -0.5));
  EXPECT_EQ(adam.probability_better, 1);
  EXPECT_EQ(adam.p_value, 0.03125);
  EXPECT_EQ(adam.adjusted_p_value, 0.0625);
  const paired_summary& nag = problem.paired[1];
  EXPECT_EQ(nag.differences.size(), 5U) << "only what both have";
  EXPECT_EQ(nag.probability_better, 0);
  EXPECT_EQ(nag.adjusted_p_value, 0.0625);
  EXPECT_THROW(compare(trials, "lbfgs"), error);
}

}  // namespace
}  // namespace ravine
