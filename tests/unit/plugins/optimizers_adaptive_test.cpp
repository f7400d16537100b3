#include "unit/plugins/optimizer_numbers.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

// The kin of Adam: numbers worked by hand, with eps 0 where it would only blur them.
namespace ravine {
namespace {

using testing::driven_optimizer;

template <class T>
struct adaptive_optimizers : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(adaptive_optimizers, testing::element_types);

TYPED_TEST(adaptive_optimizers, amsgrad_keeps_the_largest_second_moment) {
  driven_optimizer<TypeParam> amsgrad(this->find("amsgrad"),
                                      {{"lr", 0.1}, {"beta1", 0.0}, {"beta2", 0.5}, {"eps", 0.0}}, {0});
  amsgrad.step({4});  // v 8, corrected 16
  this->expect_near(amsgrad.state(2), 8);
  this->expect_near(amsgrad.param(), -0.1);
  amsgrad.step({0});
  this->expect_near(amsgrad.state(1), 4);
  this->expect_near(amsgrad.state(2), 8);
  amsgrad.step({1});  // v 2.5; the maximum is corrected as if it were v
  this->expect_near(amsgrad.param(), -0.1 - 0.1 / std::sqrt(8 / (1 - 0.125)));
}

TYPED_TEST(adaptive_optimizers, adamw_decays_before_it_moves) {
  driven_optimizer<TypeParam> adamw(this->find("adamw"), {{"lr", 0.1}, {"weight_decay", 0.5}, {"eps", 0.0}},
                                    {2});
  adamw.step({2});
  this->expect_near(adamw.state(0), 0.2);
  this->expect_near(adamw.state(1), 0.004);
  this->expect_near(adamw.param(), 2 * (1 - 0.1 * 0.5) - 0.1);
  adamw.step({0});  // the decay is not in the moments
  this->expect_near(adamw.state(0), 0.18);
}

TYPED_TEST(adaptive_optimizers, adamw_decays_by_a_hundredth_unless_told) {
  driven_optimizer<TypeParam> adamw(this->find("adamw"), {{"lr", 1.0}}, {1});
  adamw.step({0});
  this->expect_near(adamw.param(), 0.99);
}

TYPED_TEST(adaptive_optimizers, adam_with_weight_decay_takes_it_for_gradient) {
  driven_optimizer<TypeParam> adam(this->find("adam"), {{"lr", 0.1}, {"weight_decay", 0.5}, {"eps", 0.0}},
                                   {2});
  adam.step({1});
  this->expect_near(adam.state(0), 0.2);
  this->expect_near(adam.param(), 1.9);
}

TYPED_TEST(adaptive_optimizers, adamax_divides_by_the_largest_gradient) {
  driven_optimizer<TypeParam> adamax(this->find("adamax"),
                                     {{"lr", 0.1}, {"beta1", 0.0}, {"beta2", 0.5}, {"eps", 1e-30}}, {0});
  adamax.step({4});
  this->expect_near(adamax.state(1), 4);
  this->expect_near(adamax.param(), -0.1);
  adamax.step({-1});  // 2 of the first are left
  this->expect_near(adamax.state(1), 2);
  this->expect_near(adamax.param(), -0.1 + 0.1 / 2);
}

TYPED_TEST(adaptive_optimizers, nadam_mixes_the_gradient_into_its_average) {
  // No momentum_decay: mu is beta1 / 2 = 0.25 throughout.
  driven_optimizer<TypeParam> nadam(
      this->find("nadam"),
      {{"lr", 0.1}, {"beta1", 0.5}, {"beta2", 0.0}, {"eps", 0.0}, {"momentum_decay", 0.0}}, {0});
  nadam.step({2});  // m 1, v 4
  double expected = -0.1 * (0.25 * 1 / (1 - 0.0625) + 0.75 * 2 / (1 - 0.25)) / 2;
  this->expect_near(nadam.param(), expected);
  nadam.step({2});  // m 1.5
  expected -= 0.1 * (0.25 * 1.5 / (1 - 0.015625) + 0.75 * 2 / (1 - 0.0625)) / 2;
  this->expect_near(nadam.param(), expected);
}

TYPED_TEST(adaptive_optimizers, nadam_as_in_its_paper_sees_a_steady_gradient_as_it_is) {
  // With m an average by mu_t, the products of mu correct it exactly: both terms are shares of g that add up
  // to mu_(t+1) (1 - mu_1 ... mu_t) / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) / (1 - mu_1 ... mu_t).
  driven_optimizer<TypeParam> nadam(
      this->find("nadam"), {{"lr", 0.1}, {"beta2", 0.5}, {"eps", 0.0}, {"average", std::string("mu")}}, {0});
  const auto mu = [](int t) { return 0.9 * (1 - 0.5 * std::pow(0.96, t * 0.004)); };
  double product = 1, expected = 0;
  for (int t = 1; t <= 6; ++t) {
    nadam.step({2});
    product *= mu(t);
    expected -= 0.1 * (mu(t + 1) * (1 - product) / (1 - product * mu(t + 1)) + (1 - mu(t)) / (1 - product));
    this->expect_near(nadam.param(), expected);
  }
}

TYPED_TEST(adaptive_optimizers, radam_moves_by_its_average_until_the_variance_is_known) {
  driven_optimizer<TypeParam> radam(this->find("radam"), {{"lr", 0.1}, {"eps", 0.0}}, {0});
  for (int t = 1; t <= 5; ++t) {
    radam.step({3});
    this->expect_near(radam.param(), -0.3 * t);
  }
  radam.step({3});  // the average of v is 5.95 long: Liu et al. 2019, equation 3 with beta2 0.999
  const double power = std::pow(0.999, 6), length = 1999 - 2 * 6 * power / (1 - power);
  EXPECT_GT(length, 5);
  const double rectified = std::sqrt((length - 4) * (length - 2) * 1999 / (1995.0 * 1997 * length));
  // The average's length is the small difference of two large numbers.
  EXPECT_NEAR(radam.param(), -1.5 - 0.1 * rectified, 4 * this->rounding);
}

}  // namespace
}  // namespace ravine
