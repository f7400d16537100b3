#include "train/gradient_noise.hpp"

#include "unit/trial_support.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;

std::vector<double> noise_of(std::uint64_t seed, std::uint64_t step, std::size_t n, double deviation = 1) {
  gradient_noise noise(deviation, seed);
  noise.begin_step(step);
  std::vector<double> gradient(n);
  noise.add_to<double>(gradient);
  return gradient;
}

TEST(gradient_noise, is_normal_with_the_deviation_asked_for) {
  constexpr std::size_t n = 200000;
  constexpr double deviation = 0.3;
  const std::vector<double> all = noise_of(1, 1, n, deviation);
  std::array<double, 4> moments{};
  for (const double x : all) {
    double power = 1;
    for (double& moment : moments) moment += (power *= x / deviation) / n;
  }
  // Moments of the standard normal, within four standard errors.
  EXPECT_NEAR(moments[0], 0, 4 * std::sqrt(1.0 / n));
  EXPECT_NEAR(moments[1], 1, 4 * std::sqrt(2.0 / n));
  EXPECT_NEAR(moments[2], 0, 4 * std::sqrt(15.0 / n));
  EXPECT_NEAR(moments[3], 3, 4 * std::sqrt(96.0 / n));
}

TEST(gradient_noise, is_alike_for_one_step_and_new_for_the_next) {
  EXPECT_EQ(noise_of(1, 5, 3), noise_of(1, 5, 3));
  EXPECT_NE(noise_of(1, 5, 3), noise_of(1, 6, 3));
  EXPECT_NE(noise_of(1, 5, 3), noise_of(2, 5, 3));
  // Neighbouring steps are independent: no correlation beyond four standard errors.
  double product = 0;
  constexpr int steps = 20000;
  for (std::uint64_t step = 1; step <= steps; ++step) {
    product += noise_of(1, step, 1)[0] * noise_of(1, step + 1, 1)[0];
  }
  EXPECT_NEAR(product / steps, 0, 4 / std::sqrt(steps));
}

trial_result noisy_descent(double deviation, std::uint64_t repetition = 0) {
  trial_spec spec = trial_of("sphere", "sgd", 2000, {{"lr", 0.1}});
  spec.problem.gradient_noise = deviation;
  spec.repetition = repetition;
  return run(spec);
}

TEST(gradient_noise, repeats_exactly_and_differs_between_repetitions) {
  EXPECT_EQ(noisy_descent(0.5).path.points, noisy_descent(0.5).path.points);
  EXPECT_NE(noisy_descent(0.5).path.points, noisy_descent(0.5, 1).path.points);
  EXPECT_NE(noisy_descent(0.5).path.points, noisy_descent(0).path.points);
}

// On f = |x|^2, x <- (1 - 2 lr) x - lr noise is an autoregressive process of order one, whose stationary
// variance is lr^2 sd^2 / (1 - (1 - 2 lr)^2) in each coordinate; and the losses shown are the function's own.
TEST(gradient_noise, leaves_descent_at_the_variance_that_theory_gives_and_metrics_exact) {
  trial_spec spec = trial_of("sphere", "sgd", 100000, {{"lr", 0.1}});
  spec.problem.gradient_noise = 0.5;
  const trial_result result = run(spec, nullptr, path_recording::every_step);
  const trajectory& path = result.path;
  double variance = 0;
  std::size_t count = 0;
  for (std::size_t i = 100; i < path.steps.size(); ++i) {
    double loss = 0;
    for (std::size_t c = 0; c < path.dimension; ++c) {
      const double x = path.points[i * path.dimension + c];
      loss += x * x;
      variance += x * x;
      ++count;
    }
    EXPECT_NEAR(path.losses[i], loss, 1e-15 + 1e-14 * loss);
  }
  ASSERT_GT(count, 100000U);
  EXPECT_NEAR(variance / static_cast<double>(count) / (0.01 * 0.25 / (1 - 0.64)), 1, 0.03);
}

// Zhang et al. 2019, section 3.1: with curvature h and noise of variance h / batch, the loss of a coordinate
// settles at lr h / (2 batch (2 - lr h)) under gradient descent, whichever way the function is turned.
TEST(gradient_noise, that_a_landscape_declares_goes_by_its_curvature) {
  for (const bool rotated : {false, true}) {
    trial_spec spec = trial_of("noisy_quadratic", "sgd", 100000, {{"lr", 0.5}},
                               {{"n", std::int64_t{2}}, {"batch", std::int64_t{2}}});
    spec.problem.instance.rotate = rotated;
    const trial_result result = run(spec, nullptr, path_recording::every_step);
    ASSERT_EQ(result.path.losses.size(), 100001U);
    double sum = 0;
    for (std::size_t i = 101; i < result.path.losses.size(); ++i) sum += result.path.losses[i];
    const auto settled = [](double h) { return 0.5 * h / (2 * 2 * (2 - 0.5 * h)); };
    EXPECT_NEAR(sum / 99900 / (settled(1) + settled(0.5)), 1, 0.03) << rotated;
  }
}

// Its line search compares losses, which are exact, along a direction that noise has turned.
TEST(gradient_noise, leaves_lbfgs_finite_and_below_its_start) {
  for (std::uint64_t repetition = 0; repetition < 3; ++repetition) {
    trial_spec spec = trial_of("rosenbrock", "lbfgs", 500);
    spec.problem.gradient_noise = 1;
    spec.repetition = repetition;
    const trial_result result = run(spec, nullptr, path_recording::every_step);
    EXPECT_EQ(result.status, trial_status::completed) << result.reason;
    ASSERT_EQ(result.path.losses.size(), 501U);
    for (const double loss : result.path.losses) EXPECT_TRUE(std::isfinite(loss));
    for (const double x : result.path.points) EXPECT_TRUE(std::isfinite(x));
    EXPECT_LT(result.path.losses.back(), 24.2) << "Rosenbrock's function at (-1.2, 1)";
  }
}

}  // namespace
