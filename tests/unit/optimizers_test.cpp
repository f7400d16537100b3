#include "plugin_support.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

// The worked numbers of each optimizer, in float and in double, exact to rounding.
namespace ravine {
namespace {

using testing::driven_optimizer;

template <class T>
struct optimizers : ::testing::Test {
  /// A few units in the last place of numbers near 1.
  static constexpr double rounding = 8 * static_cast<double>(std::numeric_limits<T>::epsilon());

  static const component& find(const char* id) {
    return testing::shipped_plugins().get(component_kind::optimizer, id);
  }
  static void expect_near(T found, double expected) {
    EXPECT_NEAR(found, expected, rounding * std::max(1.0, std::abs(expected)));
  }
};

using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(optimizers, element_types);

TYPED_TEST(optimizers, sgd_moves_against_the_gradient) {
  driven_optimizer<TypeParam> sgd(this->find("sgd"), {{"lr", 0.1}}, {5, -1});
  sgd.step({2, -4});
  this->expect_near(sgd.params()[0], 4.8);
  this->expect_near(sgd.params()[1], -0.6);
  sgd.step({-1, 0});
  this->expect_near(sgd.params()[0], 4.9);
  this->expect_near(sgd.params()[1], -0.6);
}

TYPED_TEST(optimizers, sgd_keeps_nothing) {
  driven_optimizer<TypeParam> sgd(this->find("sgd"), {}, {5});
  EXPECT_EQ(sgd.wrapped().state().bytes(), 0U);
}

TYPED_TEST(optimizers, momentum_accumulates_velocity) {
  driven_optimizer<TypeParam> momentum(this->find("momentum"), {{"lr", 0.1}, {"beta", 0.9}}, {0});
  double moved = 0;
  for (const double velocity : {-0.2, -0.38, -0.542, -0.6878}) {
    momentum.step({-2});
    moved -= velocity;
    this->expect_near(momentum.state(0), velocity);
    this->expect_near(momentum.param(), moved);
  }
  for (int i = 0; i < 1000; ++i) momentum.step({-2});
  EXPECT_NEAR(momentum.state(0), -2.0,
              50 * this->rounding);  // rounding settles at 1 / (1 - beta) of a step's
}

TYPED_TEST(optimizers, momentum_follows_a_gradient_that_changes_its_sign) {
  driven_optimizer<TypeParam> momentum(this->find("momentum"), {{"lr", 0.1}, {"beta", 0.9}}, {0});
  const TypeParam grads[] = {-2, 1.5, -2};
  const double velocities[] = {-0.2, -0.03, -0.227};
  for (int i = 0; i < 3; ++i) {
    momentum.step({grads[i]});
    this->expect_near(momentum.state(0), velocities[i]);
  }
}

TYPED_TEST(optimizers, momentum_arrives_at_4_178) {
  driven_optimizer<TypeParam> momentum(this->find("momentum"), {{"lr", 0.1}, {"beta", 0.9}}, {5});
  for (const double g : {2.0, 2.0, -1.0}) momentum.step({static_cast<TypeParam>(g)});
  this->expect_near(momentum.param(), 4.178);
}

TYPED_TEST(optimizers, momentum_as_heavy_ball_scales_the_velocity_by_the_rate) {
  driven_optimizer<TypeParam> momentum(
      this->find("momentum"), {{"lr", 0.1}, {"beta", 0.9}, {"form", std::string("heavy_ball")}}, {0});
  double moved = 0;
  for (const double velocity : {-2.0, -3.8, -5.42, -6.878}) {
    momentum.step({-2});
    moved -= 0.1 * velocity;
    this->expect_near(momentum.state(0), velocity);
    this->expect_near(momentum.param(), moved);
  }
}

TYPED_TEST(optimizers, momentum_as_ema_averages_gradients) {
  driven_optimizer<TypeParam> momentum(this->find("momentum"),
                                       {{"lr", 0.1}, {"beta", 0.9}, {"form", std::string("ema")}}, {0});
  double moved = 0;
  for (const double average : {-0.2, -0.38, -0.542, -0.6878}) {  // 0.1 of the gradient enters each time
    momentum.step({-2});
    moved -= 0.1 * average;
    this->expect_near(momentum.state(0), average);
    this->expect_near(momentum.param(), moved);
  }
}

TYPED_TEST(optimizers, momentum_forms_differ_when_the_rate_drops) {
  // velocity keeps the rate at which a gradient entered, heavy_ball applies today's rate to all of them.
  driven_optimizer<TypeParam> velocity(this->find("momentum"), {{"lr", 0.1}, {"beta", 0.5}}, {0});
  driven_optimizer<TypeParam> heavy(this->find("momentum"),
                                    {{"lr", 0.1}, {"beta", 0.5}, {"form", std::string("heavy_ball")}}, {0});
  for (auto* each : {&velocity, &heavy}) {
    each->step({1});
    each->set(0, 0.0);
    each->step({1});
  }
  this->expect_near(velocity.param(), -0.15);
  this->expect_near(heavy.param(), -0.1);
}

TYPED_TEST(optimizers, momentum_without_decay_is_sgd) {
  driven_optimizer<TypeParam> momentum(this->find("momentum"), {{"lr", 0.3}, {"beta", 0.0}}, {1, 2, 3});
  driven_optimizer<TypeParam> sgd(this->find("sgd"), {{"lr", 0.3}}, {1, 2, 3});
  for (const double each : {1.0, -0.7, 12.5}) {
    const TypeParam scale = static_cast<TypeParam>(each);
    const std::vector<TypeParam> g{scale, scale / 3, scale * scale};
    momentum.step(g);
    sgd.step(g);
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(momentum.params()[i], sgd.params()[i]);
}

TYPED_TEST(optimizers, adam_corrects_its_moments) {
  driven_optimizer<TypeParam> adam(this->find("adam"), {{"lr", 0.1}}, {1});
  adam.step({2});
  this->expect_near(adam.state(0), 0.2);
  this->expect_near(adam.state(1), 0.004);
  this->expect_near(adam.param(), 1 - 0.1 * 2 / (2 + 1e-8));
  adam.step({2});
  this->expect_near(adam.state(0), 0.38);
  this->expect_near(adam.state(1), 0.007996);
  this->expect_near(adam.param(), 1 - 2 * 0.1 * 2 / (2 + 1e-8));
}

TYPED_TEST(optimizers, adam_first_moves_by_the_rate_whatever_the_gradients_scale) {
  for (const double each : {1e-6, 1e-3, 1.0, 1e3, 1e6}) {
    const TypeParam scale = static_cast<TypeParam>(each);
    driven_optimizer<TypeParam> adam(this->find("adam"), {{"lr", 0.1}, {"eps", 0.0}}, {0, 0});
    adam.step({scale, -scale});
    this->expect_near(adam.params()[0], -0.1);
    this->expect_near(adam.params()[1], 0.1);
  }
}

TYPED_TEST(optimizers, adam_adds_eps_to_the_root_of_the_corrected_moment) {
  driven_optimizer<TypeParam> adam(this->find("adam"), {{"lr", 0.1}, {"eps", 1.0}}, {0});
  adam.step(
      {1});  // both corrected moments are 1; eps before correction would give 0.1 / (1 + 1 / sqrt(0.001))
  this->expect_near(adam.param(), -0.1 / 2);
}

TYPED_TEST(optimizers, adam_without_correction_takes_the_moments_as_they_are) {
  driven_optimizer<TypeParam> adam(this->find("adam"),
                                   {{"lr", 0.1}, {"eps", 0.0}, {"bias_correction", false}}, {0});
  adam.step({2});
  this->expect_near(adam.param(), -0.1 * 0.2 / std::sqrt(0.004));
}

TYPED_TEST(optimizers, adam_agrees_with_its_formula_over_many_steps) {
  // The textbook form in long double; many elements, so that vectorised loop and remainder both run.
  constexpr std::size_t n = 37;
  driven_optimizer<TypeParam> adam(this->find("adam"), {{"lr", 0.01}, {"beta1", 0.8}, {"beta2", 0.95}},
                                   std::vector<TypeParam>(n, 1));
  std::vector<long double> p(n, 1), m(n), v(n);
  for (int t = 1; t <= 50; ++t) {
    std::vector<TypeParam> g(n);
    for (std::size_t i = 0; i < n; ++i)
      g[i] = static_cast<TypeParam>(std::sin(7.0 * t + 3.0 * static_cast<double>(i)) + 0.2);
    adam.step(g);
    for (std::size_t i = 0; i < n; ++i) {
      m[i] = 0.8L * m[i] + 0.2L * g[i];
      v[i] = 0.95L * v[i] + 0.05L * g[i] * g[i];
      const long double mhat = m[i] / (1 - std::pow(0.8L, t)), vhat = v[i] / (1 - std::pow(0.95L, t));
      p[i] -= 0.01L * mhat / (std::sqrt(vhat) + 1e-8L);
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    EXPECT_NEAR(adam.params()[i], static_cast<double>(p[i]), 10 * this->rounding);
}

TYPED_TEST(optimizers, say_what_they_keep) {
  const std::size_t n = 10;
  driven_optimizer<TypeParam> momentum(this->find("momentum"), {}, std::vector<TypeParam>(n));
  driven_optimizer<TypeParam> adam(this->find("adam"), {}, std::vector<TypeParam>(n));
  EXPECT_EQ(momentum.wrapped().state().bytes(), n * sizeof(TypeParam));
  EXPECT_EQ(adam.wrapped().state().bytes(), 2 * n * sizeof(TypeParam));
}

TYPED_TEST(optimizers, elementwise_steps_may_be_split) {
  constexpr std::size_t n = 29;
  for (const char* id : {"sgd", "momentum", "adam"}) {
    const component& which = this->find(id);
    ASSERT_TRUE(which.can(RV_OPTIMIZER_ELEMENTWISE)) << id;
    std::vector<TypeParam> start(n), g(n);
    for (std::size_t i = 0; i < n; ++i)
      start[i] = static_cast<TypeParam>(i) / 7, g[i] = std::sin(static_cast<TypeParam>(i));
    driven_optimizer<TypeParam> whole(which, {}, start), split(which, {}, start);
    for (int t = 0; t < 3; ++t) {
      whole.step(g);
      split.step(g, {{11, n - 11}, {4, 7}, {0, 4}});
    }
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(whole.params()[i], split.params()[i]) << id << " at " << i;
  }
}

// Rates on f = (x^2 + kappa y^2) / 2 (Polyak 1964): error per step once transients are gone.
double rate_on_quadratic(const component& which, const settings& with, double kappa) {
  driven_optimizer<double> method(which, with, {1, 1});
  const auto run = [&](int steps) {
    for (int i = 0; i < steps; ++i) method.step({method.params()[0], kappa * method.params()[1]});
    return std::hypot(method.params()[0], method.params()[1]);
  };
  const double before = run(150);
  return std::pow(run(100) / before, 0.01);
}

TEST(optimizer_rates, gradient_descent_converges_at_its_optimal_rate) {
  const double kappa = 25;
  const component& sgd = testing::shipped_plugins().get(component_kind::optimizer, "sgd");
  EXPECT_NEAR(rate_on_quadratic(sgd, {{"lr", 2 / (1 + kappa)}}, kappa), (kappa - 1) / (kappa + 1), 1e-9);
}

TEST(optimizer_rates, heavy_ball_converges_at_its_optimal_rate) {
  const double kappa = 25, root = std::sqrt(kappa), rate = (root - 1) / (root + 1);
  const component& momentum = testing::shipped_plugins().get(component_kind::optimizer, "momentum");
  const settings optimal{
      {"lr", std::pow(2 / (1 + root), 2)}, {"beta", rate * rate}, {"form", std::string("heavy_ball")}};
  EXPECT_NEAR(rate_on_quadratic(momentum, optimal, kappa), rate, 0.01);  // t rate^t at a double root
}

}  // namespace
}  // namespace ravine
