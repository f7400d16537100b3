#include "unit/plugins/optimizer_numbers.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

// The worked numbers of each optimizer, in float and in double, exact to rounding.
namespace ravine {
namespace {

using testing::driven_optimizer;

template <class T>
struct optimizers : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(optimizers, testing::element_types);

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

}  // namespace
}  // namespace ravine
