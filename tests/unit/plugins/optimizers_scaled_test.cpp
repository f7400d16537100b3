#include "unit/plugins/optimizer_numbers.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// rmsprop, adagrad, adadelta and rprop: each parameter has a scale of its own.
namespace ravine {
namespace {

using testing::driven_optimizer;

template <class T>
struct scaled_optimizers : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(scaled_optimizers, testing::element_types);

TYPED_TEST(scaled_optimizers, rmsprop_averages_squares) {
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"), {{"beta", 0.9}}, {0});
  for (const double square : {0.4, 0.76, 1.084}) {
    rmsprop.step({-2});
    this->expect_near(rmsprop.state(0), square);
  }
  for (int i = 0; i < 1000; ++i) rmsprop.step({-2});
  EXPECT_NEAR(rmsprop.state(0), 4, 50 * this->rounding);
}

TYPED_TEST(scaled_optimizers, rmsprop_remembers_a_large_gradient) {
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"), {{"beta", 0.9}}, {0});
  rmsprop.step({10});
  this->expect_near(rmsprop.state(0), 10);
  rmsprop.step({static_cast<TypeParam>(0.1)});
  this->expect_near(rmsprop.state(0), 9.001);
}

TYPED_TEST(scaled_optimizers, rmsprop_moves_alike_at_both_scales) {
  // Squares that have settled: with beta 0 they are the last gradient's, 100 and 0.01.
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"), {{"lr", 0.1}, {"beta", 0.0}, {"eps", 0.0}},
                                      {0, 0});
  rmsprop.step({10, static_cast<TypeParam>(0.1)});
  this->expect_near(rmsprop.params()[0], -0.1);
  this->expect_near(rmsprop.params()[1], -0.1);
}

TYPED_TEST(scaled_optimizers, rmsprop_adds_eps_inside_the_root_unless_asked) {
  const settings inside{{"lr", 1.0}, {"beta", 0.0}, {"eps", 9.0}};
  settings outside = inside;
  outside["eps_outside"] = true;
  driven_optimizer<TypeParam> in(this->find("rmsprop"), inside, {0}),
      out(this->find("rmsprop"), outside, {0});
  in.step({4});
  out.step({4});
  this->expect_near(in.param(), -4.0 / 5);
  this->expect_near(out.param(), -4.0 / 13);
}

TYPED_TEST(scaled_optimizers, rmsprop_centered_divides_by_the_deviation) {
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"),
                                      {{"lr", 1.0}, {"beta", 0.5}, {"eps", 0.0}, {"centered", true}}, {0});
  rmsprop.step({2});  // mean 1, mean square 2
  this->expect_near(rmsprop.state(0), 2);
  this->expect_near(rmsprop.state(1), 1);
  this->expect_near(rmsprop.param(), -2.0);
}

TYPED_TEST(scaled_optimizers, rmsprop_accumulates_the_quotient_with_momentum) {
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"),
                                      {{"lr", 0.1}, {"beta", 0.0}, {"eps", 0.0}, {"momentum", 0.5}}, {0});
  for (const double position : {-0.1, -0.25, -0.425}) {  // velocities 1, 1.5, 1.75
    rmsprop.step({3});
    this->expect_near(rmsprop.param(), position);
  }
}

TYPED_TEST(scaled_optimizers, rmsprop_says_that_momentum_has_no_state) {
  driven_optimizer<TypeParam> rmsprop(this->find("rmsprop"), {}, {0});
  rmsprop.set(5, 0.9);
  EXPECT_EQ(testing::plugin_error_of([&] { rmsprop.step({1}); }),
            "rmsprop: step: momentum is scheduled from 0: give it a value above 0, to have its state");
}

TYPED_TEST(scaled_optimizers, adagrad_divides_by_the_root_of_the_sum) {
  driven_optimizer<TypeParam> adagrad(this->find("adagrad"), {{"lr", 0.1}, {"eps", 0.0}}, {1});
  adagrad.step({3});
  this->expect_near(adagrad.param(), 0.9);
  adagrad.step({4});
  this->expect_near(adagrad.state(0), 25);
  this->expect_near(adagrad.param(), 0.9 - 0.1 * 4 / 5);
}

TYPED_TEST(scaled_optimizers, adagrad_starts_from_its_accumulator_and_lowers_its_rate) {
  driven_optimizer<TypeParam> adagrad(
      this->find("adagrad"), {{"lr", 0.1}, {"eps", 0.0}, {"initial_accumulator", 7.0}, {"lr_decay", 1.0}},
      {0});
  adagrad.step({3});  // sum 16
  this->expect_near(adagrad.param(), -0.1 * 3 / 4);
  adagrad.step({3});  // sum 25, half the rate
  this->expect_near(adagrad.param(), -0.1 * 3 / 4 - 0.05 * 3 / 5);
}

TYPED_TEST(scaled_optimizers, adadelta_moves_by_the_ratio_of_roots) {
  driven_optimizer<TypeParam> adadelta(this->find("adadelta"), {{"rho", 0.5}, {"eps", 1.0}}, {0});
  adadelta.step({4});  // s 8, move 4 / 3
  this->expect_near(adadelta.param(), -4.0 / 3);
  this->expect_near(adadelta.state(1), 8.0 / 9);
  adadelta.step({4});  // s 12
  this->expect_near(adadelta.param(), -4.0 / 3 - 4 * std::sqrt(17.0 / 9) / std::sqrt(13.0));
}

TYPED_TEST(scaled_optimizers, rprop_lengthens_and_shortens_its_steps_by_the_sign) {
  driven_optimizer<TypeParam> rprop(this->find("rprop"), {{"lr", 0.1}}, {0});
  const TypeParam grads[] = {5, 0.25, -1, -1, -2};
  const double positions[] = {-0.1, -0.22, -0.22, -0.16, -0.088};
  const double steps[] = {0.1, 0.12, 0.06, 0.06, 0.072};  // no factor after a change of sign
  for (int i = 0; i < 5; ++i) {
    rprop.step({grads[i]});
    this->expect_near(rprop.state(1), steps[i]);
    this->expect_near(rprop.param(), positions[i]);
  }
}

TYPED_TEST(scaled_optimizers, rprop_keeps_its_steps_within_bounds) {
  driven_optimizer<TypeParam> rprop(this->find("rprop"),
                                    {{"lr", 0.1}, {"step_min", 0.08}, {"step_max", 0.11}}, {0});
  rprop.step({1});
  rprop.step({1});
  this->expect_near(rprop.state(1), 0.11);
  rprop.step({-1});
  this->expect_near(rprop.state(1), 0.08);
  EXPECT_EQ(testing::plugin_error_of([&] {
              driven_optimizer<TypeParam>(this->find("rprop"), {{"step_min", 1.0}, {"step_max", 0.5}}, {0});
            }),
            "rprop: create: step_min is above step_max: swap them");
}

}  // namespace
}  // namespace ravine
