#include "train/range_test.hpp"

#include "unit/trial_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The learning-rate range test.
namespace ravine {
namespace {

using ::testing::DoubleEq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using verdict = range_analysis::verdict;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(range_analysis, diverges_beyond_four_times_the_best) {
  range_analysis analysis(0);
  for (const double loss : {3.0, 1.0, 4.0}) EXPECT_EQ(analysis.add(0.1, loss), verdict::go_on);
  EXPECT_EQ(analysis.add(0.2, 4.01), verdict::diverged);
  EXPECT_EQ(range_analysis(0).add(0.1, infinity), verdict::diverged);
}

TEST(range_analysis, does_not_take_a_negative_loss_for_a_divergence) {
  range_analysis analysis(0);
  for (const double loss : {-1.0, -0.9, 1.9}) EXPECT_EQ(analysis.add(0.1, loss), verdict::go_on);
  EXPECT_EQ(analysis.add(0.2, 2.1), verdict::diverged);
}

/// Gradient descent on c x^2 per axis has the curvature L = 2 c: it contracts below lr = 2 / L alone.
TEST(range_test, blows_up_past_two_over_the_curvature) {
  const trial_spec on_sphere = testing::trial_of("sphere", "sgd", 10);  // sum of x^2: L = 2
  const range_curve curve = run_range_test(on_sphere, testing::trial_plugins(), nullptr, {0.2, 5, 400, 0});
  ASSERT_TRUE(curve.diverged_at.has_value());
  EXPECT_GT(*curve.diverged_at, 1);
  EXPECT_LT(*curve.diverged_at, 1.1);
  EXPECT_THAT(curve.refusal, HasSubstr("fastest at the first rate")) << "0.2 does most of it in one step";
  EXPECT_THAT(curve.fault, IsEmpty());
}

TEST(range_test, suggests_the_best_of_short_trainings_around_the_steepest_fall) {
  const trial_spec on_sphere = testing::trial_of("sphere", "sgd", 10);
  const range_curve curve =
      run_range_test(on_sphere, testing::trial_plugins(), nullptr, {1e-4, 5, 100, 0, 20});
  ASSERT_TRUE(curve.steepest && curve.suggestion);
  ASSERT_THAT(curve.tries, SizeIs(::testing::Ge(3U)));
  for (const range_try& each : curve.tries) {
    const double doublings = std::log2(each.lr / *curve.steepest);
    EXPECT_DOUBLE_EQ(doublings, std::round(doublings));
    EXPECT_EQ(each.loss > curve.points.front().loss, each.lr > 1) << each.lr << ": 2 / L is 1";
  }
  EXPECT_GT(*curve.suggestion, 0.25) << "1 / L is 0.5";
  EXPECT_LT(*curve.suggestion, 1);
  EXPECT_EQ(std::ranges::min_element(curve.tries, {}, &range_try::loss)->lr, *curve.suggestion);
  const range_curve untried =
      run_range_test(on_sphere, testing::trial_plugins(), nullptr, {1e-4, 5, 100, 0, 0});
  EXPECT_EQ(untried.suggestion, curve.steepest);
  EXPECT_THAT(untried.tries, IsEmpty());
}

/// At lr = 2 / L = 1 x turns to -x, and beyond it grows: from there no rate makes the loss fall.
TEST(range_test, says_why_it_suggests_nothing) {
  const range_curve curve = run_range_test(testing::trial_of("sphere", "sgd", 10), testing::trial_plugins(),
                                           nullptr, {1, 5, 400, 0, 8});
  EXPECT_EQ(curve.suggestion, std::nullopt);
  EXPECT_THAT(curve.tries, IsEmpty());
  EXPECT_THAT(curve.refusal, HasSubstr("no usable fall"));
  EXPECT_THAT(curve.fault, IsEmpty());
}

TEST(range_test, tries_on_validation_data) {
  const dataset data = testing::labelled_rows(8);
  trial_spec spec = testing::trial_of("softmax", "sgd", 1);
  spec.problem.data = data_request{"labelled rows", {}};
  spec.train.batch_size = 0;  // all rows: four say too little for a suggestion, see below
  const range_curve curve = run_range_test(spec, testing::trial_plugins(), &data, {1e-3, 1e6, 300, 0.9, 1});
  ASSERT_THAT(curve.tries, SizeIs(1)) << curve.refusal;
  spec.optimizer.optimizer.with["lr"] = curve.tries[0].lr;
  spec.train.budget = {300, cost_unit::steps};
  EXPECT_EQ(curve.tries[0].loss, testing::run(spec, &data).evaluations.back().metrics.at("validation_loss"));
}

TEST(range_test, meets_the_first_loss_at_the_start_with_the_first_rate) {
  const range_curve curve = run_range_test(testing::trial_of("rosenbrock", "sgd", 1),
                                           testing::trial_plugins(), nullptr, {1e-6, 1e-4, 4, 0});
  ASSERT_THAT(curve.points, SizeIs(::testing::Ge(4U)));
  EXPECT_THAT(curve.points[0].loss, DoubleEq(24.2));
  EXPECT_THAT(curve.points[0].lr, DoubleEq(1e-6));
  EXPECT_NEAR(curve.points[2].lr, 1e-5, 1e-18);
  EXPECT_EQ(curve.diverged_at, std::nullopt);
}

TEST(range_test, follows_the_losses_of_batches_on_data) {
  const dataset data = testing::labelled_rows(8);
  trial_spec spec = testing::trial_of("softmax", "sgd", 1);
  spec.problem.data = data_request{"labelled rows", {}};
  spec.train.batch_size = 4;
  const range_curve curve = run_range_test(spec, testing::trial_plugins(), &data, {1e-3, 1e6, 300, 0});
  EXPECT_THAT(curve.points[0].loss, ::testing::DoubleNear(std::log(8), 1e-6)) << "all classes alike";
  EXPECT_EQ(curve.suggestion, std::nullopt) << "one dark pixel does not tell eight classes";
  EXPECT_THAT(curve.refusal, HasSubstr("no usable fall"));
  EXPECT_TRUE(curve.diverged_at.has_value());
  EXPECT_THAT(curve.points, SizeIs(::testing::Lt(300U))) << "it ends there";
}

TEST(range_test, tells_why_there_is_no_curve) {
  EXPECT_THAT(run_range_test(testing::trial_of("c_bowl", "step_fails", 1), testing::trial_plugins(), nullptr,
                             {1e-3, 1, 10, 0})
                  .fault,
              HasSubstr("step_fails"));
}

}  // namespace
}  // namespace ravine
