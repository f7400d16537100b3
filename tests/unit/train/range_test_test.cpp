#include "train/range_test.hpp"

#include "unit/trial_support.hpp"

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

TEST(range_analysis, corrects_the_smoothed_loss_for_its_start) {
  range_analysis analysis(0.9);
  for (const double loss : {2.0, 1.0}) EXPECT_EQ(analysis.add(0.1, loss), verdict::go_on);
  EXPECT_THAT(analysis.points()[0].smoothed, DoubleEq(2));
  EXPECT_THAT(analysis.points()[1].smoothed, DoubleEq((0.9 * 0.2 + 0.1) / 0.19));
}

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

TEST(range_analysis, suggests_the_rate_at_which_the_loss_falls_fastest) {
  range_analysis analysis(0);
  const double losses[] = {10, 9.9, 9, 5, 4.8, 4.8};
  for (int i = 0; i < 6; ++i) analysis.add(std::pow(10, i - 3), losses[i]);
  // Central differences at 0.01, 0.1, 1: -1, -4.9, -4.2 over two decades.
  EXPECT_THAT(analysis.steepest_descent(), ::testing::Optional(DoubleEq(0.1)));
  range_analysis rising(0);
  for (int i = 0; i < 3; ++i) rising.add(std::pow(10, i), 1 + i);
  EXPECT_EQ(rising.steepest_descent(), std::nullopt);
}

/// Gradient descent on c x^2 per axis has the curvature L = 2 c: it contracts below lr = 2 / L alone.
TEST(range_test, blows_up_past_two_over_the_curvature) {
  const trial_spec on_sphere = testing::trial_of("sphere", "sgd", 10);  // sum of x^2: L = 2
  const range_curve curve = run_range_test(on_sphere, testing::trial_plugins(), nullptr, {0.2, 5, 400, 0});
  ASSERT_TRUE(curve.diverged_at.has_value());
  EXPECT_GT(*curve.diverged_at, 1);
  EXPECT_LT(*curve.diverged_at, 1.1);
  ASSERT_TRUE(curve.suggestion.has_value());
  EXPECT_LT(*curve.suggestion, 0.5) << "the loss has fallen before a single step could do it all";
  EXPECT_THAT(curve.fault, IsEmpty());
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
  EXPECT_TRUE(curve.suggestion.has_value());
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
