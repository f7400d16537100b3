#include "train/range_landmarks.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What the curve of a learning-rate range test says.
namespace ravine {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

/// From lr 1e-5 on, so many points a decade.
std::vector<range_point> curve_of(const std::vector<double>& losses, double per_decade, double smoothing) {
  std::vector<range_point> points;
  for (std::size_t i = 0; i < losses.size(); ++i)
    points.push_back({std::pow(10, static_cast<double>(i) / per_decade - 5), losses[i], 0});
  smooth(points, smoothing);
  return points;
}

/// Falls from 2.3 by `depth`, fastest at `where` decades above 1e-5, and explodes from 5 on; 25 points a
/// decade.
std::vector<double> usual_losses(double where, double depth = 2) {
  std::vector<double> losses;
  for (int i = 0; i < 140; ++i) {
    const double decade = i / 25.0;
    losses.push_back(2.3 - depth / (1 + std::exp(-5 * (decade - where))) + std::exp(12 * (decade - 5)));
  }
  return losses;
}

double decades(double lr) { return std::log10(lr) + 5; }

TEST(smooth, keeps_a_monotone_curve_without_smoothing) {
  const std::vector<range_point> points = curve_of({5, 4, 2, 1, 0.5, 0.4}, 1, 0);
  for (const range_point& each : points) EXPECT_EQ(each.smoothed, each.loss);
}

TEST(smooth, averages_in_both_directions_with_bias_correction) {
  const std::vector<range_point> points = curve_of({2, 1}, 1, 0.5);
  const double second = (0.25 * 2 + 0.5 * 1) / 0.75;  // forwards; backwards it stays
  EXPECT_THAT(points[1].smoothed, DoubleEq(second));
  EXPECT_THAT(points[0].smoothed, DoubleEq((0.25 * second + 0.5 * 2) / 0.75));
}

TEST(smooth, drops_spikes_and_bounds_an_explosion) {
  const std::vector<range_point> points = curve_of({3, 3, 3, 90, 80, 3, 3, 3, 1e9, 1e30, 1e35, 1e36}, 1, 0);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(points[i].smoothed, 3);
  EXPECT_EQ(points.back().smoothed, 6) << "the first loss and its size";
}

TEST(range_landmarks, finds_the_steepest_fall_and_a_tenth_of_the_minimum) {
  // Central differences at 1e-4 … 1e-2: -1, -4.9, -4.1 over two decades.
  const range_landmarks found = landmarks_of(curve_of({10, 9.9, 9, 5, 4.8, 4.9}, 1, 0));
  EXPECT_THAT(found.steepest, Optional(DoubleNear(1e-3, 1e-15)));
  EXPECT_THAT(found.tenth_of_minimum, Optional(DoubleNear(1e-2, 1e-15)));
  EXPECT_THAT(found.refusal, IsEmpty());
}

TEST(range_landmarks, smoothing_does_not_move_the_steepest_fall) {
  for (const double smoothing : {0.0, 0.5, 0.9}) {
    const range_landmarks found = landmarks_of(curve_of(usual_losses(3), 25, smoothing));
    ASSERT_TRUE(found.steepest) << smoothing;
    EXPECT_NEAR(decades(*found.steepest), 3, 0.1)
        << smoothing;  // one direction: 9 steps of 0.04 decades later
  }
}

/// Its batches scatter by 0.1, with a period that the average does not share.
TEST(range_landmarks, noise_before_the_fall_is_none) {
  std::vector<double> losses = usual_losses(3);
  for (std::size_t i = 0; i < losses.size(); ++i)
    losses[i] += 0.1 * std::sin(2.7 * static_cast<double>(i * i));
  losses[1] -= 1;  // the average has not settled
  const range_landmarks found = landmarks_of(curve_of(losses, 25, 0.9));
  ASSERT_TRUE(found.steepest);
  EXPECT_NEAR(decades(*found.steepest), 3, 0.3);
}

/// The first steps of rmsprop at a high rate: from 2.3 to 60, and back down long before anything is learnt.
TEST(range_landmarks, a_recovery_from_a_spike_is_no_fall) {
  std::vector<double> losses = usual_losses(3);
  for (std::size_t i = 1; i < 40; ++i) losses[i] += 60 * std::exp(-static_cast<double>(i) / 8);
  const range_landmarks found = landmarks_of(curve_of(losses, 25, 0.9));
  ASSERT_TRUE(found.steepest);
  EXPECT_NEAR(decades(*found.steepest), 3, 0.2);
  losses = usual_losses(3);
  for (std::size_t i = 95; i < 115; ++i) losses[i] = 9;  // after the fall: 3.8 to 4.6 decades
  const range_landmarks late = landmarks_of(curve_of(losses, 25, 0.9));
  ASSERT_TRUE(late.steepest);
  EXPECT_NEAR(decades(*late.steepest), 3, 0.2);
}

TEST(range_landmarks, refuses_what_is_within_the_noise) {
  std::vector<double> losses;
  for (int i = 0; i < 150; ++i) losses.push_back(2.3 + 0.2 * std::sin(2.7 * i * i) - 1e-4 * i);
  const range_landmarks found = landmarks_of(curve_of(losses, 25, 0.9));
  EXPECT_EQ(found.steepest, std::nullopt);
  EXPECT_EQ(found.tenth_of_minimum, std::nullopt);
  EXPECT_THAT(found.refusal, HasSubstr("no usable fall"));
  EXPECT_THAT(landmarks_of(curve_of({1, 1.5, 2, 3, 4, 5}, 1, 0)).refusal, HasSubstr("falls by 0 at most"));
  EXPECT_THAT(landmarks_of(curve_of({0, 0, 0, 0, 0, 0}, 1, 0.9)).refusal, HasSubstr("no usable fall"));
}

TEST(range_landmarks, refuses_an_edge) {
  const range_landmarks first = landmarks_of(curve_of({9, 4, 3, 2.5, 2.4, 2.6}, 1, 0));
  EXPECT_EQ(first.steepest, std::nullopt);
  EXPECT_THAT(first.refusal, HasSubstr("fastest at the first rate, 1e-05: begin the range lower"));
  const range_landmarks last = landmarks_of(curve_of({9, 8.9, 8.8, 8.5, 8, 4}, 1, 0));
  EXPECT_EQ(last.steepest, std::nullopt);
  EXPECT_EQ(last.tenth_of_minimum, std::nullopt) << "the minimum may be beyond";
  EXPECT_THAT(last.refusal, HasSubstr("fastest at the last rate, 1: end the range higher"));
  EXPECT_THAT(landmarks_of(curve_of({9, 8, 7, 8}, 1, 0)).refusal, HasSubstr("ended after 4 steps"));
  EXPECT_THAT(landmarks_of({}).refusal, HasSubstr("ended after 0 steps"));
}

TEST(range_landmarks, takes_negative_losses) {
  const range_landmarks found = landmarks_of(curve_of({0, -1, -5, -30, -39, -39, -39}, 1, 0));
  EXPECT_THAT(found.steepest, Optional(DoubleNear(1e-2, 1e-15)));
}

}  // namespace
}  // namespace ravine
