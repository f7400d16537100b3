#include "compare/shortened_curve.hpp"

#include "compare/comparison.hpp"
#include "compare/comparison_json.hpp"
#include "unit/compare/compare_support.hpp"

#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using testing::make;

/// A loss that falls from 100 to 1 and rises again at the end, with a gap beside it.
stored_trial long_trial(const char* optimizer, std::uint64_t repetition) {
  stored_trial trial = make({.optimizer = optimizer, .repetition = repetition});
  trial.result.evaluations.clear();
  const double slowness = *optimizer == 'a' ? 1 : 1.5;
  for (std::uint64_t step = 0; step <= 1000; ++step) {
    const auto at = static_cast<double>(step);
    const double fallen = 100 * std::exp(-at / (100 * slowness)) + 1;
    const double loss = fallen + (step > 900 ? at - 900 : 0) + static_cast<double>(repetition);
    trial.result.evaluations.push_back(
        {.at = {.steps = step, .evaluations = step},
         .metrics = {{"loss", loss}, {"gap", loss - 1}, {"gradient_norm", 1.0}, {"value.lr", 0.1}}});
  }
  trial.target_value = 5;
  trial.easier_targets = {50, 20};
  trial.result.target_reached_at = cost{.steps = 400, .evaluations = 400};
  return trial;
}

std::vector<std::uint64_t> steps_of(const stored_trial& trial) {
  std::vector<std::uint64_t> steps;
  for (const evaluation& each : trial.result.evaluations) steps.push_back(each.at.steps);
  return steps;
}

TEST(shortened_curve, keeps_ends_best_points_and_first_hits) {
  stored_trial trial = long_trial("adam", 0);
  shorten_curve(trial, {50, 20, 5});
  // 100 exp(-t/100) + 1 is at most 50 from t = 71.3 on, 20 from 166.1 on and 5 from 321.9 on.
  EXPECT_THAT(steps_of(trial), ElementsAre(0, 72, 167, 322, 900, 1000));
  EXPECT_EQ(trial.result.evaluations[0].metrics.size(), 2U) << "neither norms nor hyperparameters";
}

TEST(shortened_curve, makes_no_difference_to_a_comparison) {
  std::vector<stored_trial> whole, shortened;
  for (std::uint64_t i = 0; i < 6; ++i) {
    for (const char* optimizer : {"adam", "sgd"}) whole.push_back(long_trial(optimizer, i));
  }
  for (stored_trial trial : whole) {
    shorten_curve(trial, {50, 20, 5});
    EXPECT_LE(trial.result.evaluations.size(), 6U);
    shortened.push_back(trial);
  }
  EXPECT_EQ(to_json(compare(shortened, "sgd")), to_json(compare(whole, "sgd")));
}

TEST(shortened_curve, of_no_points_stays_as_it_is) {
  stored_trial trial = make({});
  trial.result.evaluations.clear();
  shorten_curve(trial, {1});
  EXPECT_TRUE(trial.result.evaluations.empty());
}

TEST(paired_further, has_interval_and_correlation_of_every_metric_outside_the_family) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const double seed = static_cast<double>(i) / 100;
    for (const char* optimizer : {"adam", "sgd"}) {
      const double shift = *optimizer == 'a' ? 0.1 + seed / 10 : 0;
      trials.push_back(make({.optimizer = optimizer,
                             .repetition = i,
                             .final_metrics = {{"test_accuracy", 0.8 + seed},
                                               {"validation_loss", 1 + seed - shift},
                                               {"train_loss", 0.5 + seed - 2 * shift}},
                             .data = data_request{"digits", {}}}));
    }
  }
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.paired.size(), 1U);
  EXPECT_EQ(problem.paired[0].metric, "test_accuracy");
  ASSERT_EQ(problem.paired_further.size(), 3U) << "and loss, at the start";
  const paired_summary& validation = problem.paired_further[0];
  EXPECT_EQ(validation.metric, "validation_loss");
  EXPECT_NEAR(validation.difference.estimate, -0.1035, 1e-12);
  EXPECT_LT(validation.difference.range.upper, -0.1);
  EXPECT_GE(validation.difference.confidence, 0.95);
  EXPECT_NEAR(validation.correlation, 1, 1e-12);
  EXPECT_EQ(validation.p_value, 2.0 / 256);
  EXPECT_TRUE(std::isnan(validation.adjusted_p_value));
  EXPECT_NEAR(problem.paired_further[1].difference.estimate, -0.207, 1e-12);
}

}  // namespace
}  // namespace ravine
