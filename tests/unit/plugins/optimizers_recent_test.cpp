#include "unit/plugins/model_support.hpp"
#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

// First steps by hand of the relatives of Adam from 2018 to 2024, and what they keep. Their paths are in
// tests/parity.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::driven_tensors;
using testing::layer;
using testing::random_numbers;
using testing::tensor_shape;

template <class T>
struct recent_optimizers : testing::optimizer_numbers<T> {
  /// The memory of an optimizer with its defaults, in elements.
  std::size_t elements(const char* id, const settings& with, const std::vector<tensor_shape>& tensors,
                       std::size_t n) {
    driven_tensors<T> driven(this->find(id), with, std::vector<T>(n), tensors);
    return driven.wrapped().state().bytes() / sizeof(T);
  }
};

TYPED_TEST_SUITE(recent_optimizers, testing::element_types);

TYPED_TEST(recent_optimizers, adabelief_divides_by_the_distance_from_the_average) {
  driven_optimizer<TypeParam> method(this->find("adabelief"), {{"lr", 0.1}, {"eps", 0.0}}, {0});
  method.step({2});  // m = 0.2, s = 0.001 (2 - 0.2)^2; corrected: 2 and 1.8^2
  EXPECT_NEAR(method.param(), -0.1 * 2 / 1.8, 4 * this->rounding);
}

TYPED_TEST(recent_optimizers, yogi_moves_its_second_moment_towards_the_square_by_a_share_of_the_square) {
  const settings with{{"lr", 0.1}, {"beta1", 0.0}, {"beta2", 0.9}, {"eps", 0.0}, {"initial", 0.04}};
  driven_optimizer<TypeParam> method(this->find("yogi"), with, {0});
  method.step({1});  // 0.04 is below 1: v = 0.04 + 0.1 x 1
  EXPECT_NEAR(method.state(1), 0.14, this->rounding);
  EXPECT_NEAR(method.param(), -0.1 / std::sqrt(0.14), this->rounding);
  method.step({TypeParam(0.1)});  // 0.14 is above 0.01: v = 0.14 - 0.1 x 0.01
  EXPECT_NEAR(method.state(1), 0.139, this->rounding);
}

TYPED_TEST(recent_optimizers, adabound_keeps_rates_between_its_bounds) {
  // After the first step the bounds are 0.1 (1 - 1/2) and 0.1 (1 + 1), and Adam's rate is lr / |g|.
  const settings with{{"lr", 0.01}, {"final_lr", 0.1}, {"gamma", 1.0}, {"beta1", 0.0}, {"eps", 0.0}};
  driven_optimizer<TypeParam> method(this->find("adabound"), with, {0, 0, 0});
  method.step({4, TypeParam(0.01), TypeParam(0.1)});
  EXPECT_NEAR(method.params()[0], -0.05 * 4, 2 * this->rounding);
  EXPECT_NEAR(method.params()[1], -0.2 * 0.01, this->rounding);
  EXPECT_NEAR(method.params()[2], -0.01, this->rounding);
}

TYPED_TEST(recent_optimizers, signum_moves_by_the_rate_whichever_way_momentum_points) {
  driven_optimizer<TypeParam> method(this->find("signum"), {{"lr", 0.125}, {"beta", 0.5}}, {0, 0});
  method.step({4, 0});
  EXPECT_EQ(method.params()[0], TypeParam{-0.125});
  EXPECT_EQ(method.params()[1], TypeParam{0}) << "sign(0) is 0";
  method.step({-1, 0});  // m = 2 / 2 - 1 / 2
  EXPECT_EQ(method.params()[0], TypeParam{-0.25});
  method.step({-1, 0});  // m = 0.5 / 2 - 1 / 2
  EXPECT_EQ(method.params()[0], TypeParam{-0.125});
}

TYPED_TEST(recent_optimizers, ademamix_adds_a_slow_average) {
  const settings with{{"lr", 0.1},     {"beta1", 0.0}, {"beta2", 0.0},
                      {"beta3", 0.75}, {"alpha", 4.0}, {"eps", 0.0}};
  driven_optimizer<TypeParam> method(this->find("ademamix"), with, {0});
  method.step({2});  // (2 + 4 x 0.25 x 2) / 2
  EXPECT_NEAR(method.param(), -0.2, this->rounding);
  driven_optimizer<TypeParam> adamw(this->find("adamw"), {{"weight_decay", 0.0}}, {1});
  driven_optimizer<TypeParam> without(this->find("ademamix"), {{"alpha", 0.0}}, {1});
  for (const double g : {1.0, -3.0, 0.5}) {
    adamw.step({TypeParam(g)});
    without.step({TypeParam(g)});
  }
  EXPECT_NEAR(without.param(), adamw.param(), 4 * this->rounding);
}

TYPED_TEST(recent_optimizers, ademamix_warms_up_by_half_lives) {
  // A decay of 0.5 has a half-life of 1 step, 2^(-1/9) one of 9: half way it is 5.
  const settings with{{"lr", 0.1},
                      {"beta1", 0.5},
                      {"beta3", std::exp2(-1.0 / 9)},
                      {"alpha", 4.0},
                      {"warm_up", std::int64_t{2}}};
  driven_optimizer<TypeParam> method(this->find("ademamix"), with, {0});
  method.step({1});
  EXPECT_NEAR(method.state(1), 1 - std::exp2(-1.0 / 5), 4 * this->rounding);
}

TYPED_TEST(recent_optimizers, adan_adds_the_difference_of_gradients) {
  const settings with{{"lr", 0.1}, {"beta1", 0.0}, {"beta2", 0.5}, {"beta3", 0.0}, {"eps", 0.0}};
  driven_optimizer<TypeParam> method(this->find("adan"), with, {0});
  method.step({2});  // no difference yet: 2 / 2
  EXPECT_NEAR(method.param(), -0.1, this->rounding);
  method.step({3});  // d = 1, v = 0.5, corrected by 0.75; n = 3.5^2
  EXPECT_NEAR(method.param(), -0.1 - 0.1 * (3 + 0.5 * 0.5 / 0.75) / 3.5, 4 * this->rounding);
}

TYPED_TEST(recent_optimizers, schedule_free_sgd_evaluates_the_mean_of_its_steps) {
  const settings with{{"lr", 1.0}, {"beta", 0.5}};
  driven_optimizer<TypeParam> method(this->find("schedule_free_sgd"), with, {0});
  for (int t = 0; t < 3; ++t) method.step({1});  // z = -1, -2, -3, whose mean is -2
  EXPECT_NEAR(method.state(0), -3, 4 * this->rounding);
  EXPECT_NEAR(method.param(), -2.5, 8 * this->rounding) << "half way between";
  TypeParam average = 0;
  ASSERT_EQ(method.wrapped().evaluation_point(method.describe(nullptr), &average),
            optimizer::point_use::own_point);
  EXPECT_NEAR(average, -2, 8 * this->rounding);
}

TYPED_TEST(recent_optimizers, adafactor_knows_a_matrix_of_rank_one_exactly) {
  // Squares are an outer product, so that means of rows and columns tell every element: u is a matrix of
  // signs.
  const std::vector<TypeParam> g{2, -4, 6, -8, 3, 5};
  driven_tensors<TypeParam> adafactor(this->find("adafactor"), {{"lr", 0.125}, {"relative", false}},
                                      std::vector<TypeParam>(6), layer);
  const std::vector<TypeParam> rank_one{1, -2, 3, -6, 3, 5}, other{2, -4, 6, -8, 3, 5};
  adafactor.step(rank_one);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(adafactor.params()[i], rank_one[i] > 0 ? -0.125 : 0.125, 4 * this->rounding) << i;
  adafactor.step(other);  // of rank two
  EXPECT_GT(std::abs(adafactor.params()[0] + 0.25), 100 * this->rounding);
}

TYPED_TEST(recent_optimizers, adafactor_moves_by_a_share_of_the_tensors_size) {
  const std::vector<TypeParam> start{4, -4, 4, -4, 0, 0}, g(6, 1);
  driven_tensors<TypeParam> method(this->find("adafactor"), {{"lr", 0.125}, {"eps2", 0.5}}, start, layer);
  method.step(g);
  EXPECT_NEAR(method.params()[0], 4 - 0.125 * 4, 8 * this->rounding);
  EXPECT_NEAR(method.params()[4], -0.125 * 0.5, 8 * this->rounding) << "eps2 where the tensor is 0";
}

TYPED_TEST(recent_optimizers, came_moves_less_where_updates_are_unsteady) {
  // beta1 = 0.5: u - m = u / 2 = 1/2 after the first step, of which w keeps half, and m = 1/2.
  const settings with{{"lr", 0.125}, {"beta1", 0.5}, {"beta2", 0.0}, {"beta3", 0.5}};
  driven_tensors<TypeParam> method(this->find("came"), with, std::vector<TypeParam>(6), layer);
  method.step(std::vector<TypeParam>(6, 3));
  EXPECT_NEAR(method.params()[0], -0.125 * 0.5 / std::sqrt(0.125), 8 * this->rounding);
  EXPECT_NEAR(method.params()[4], -0.125 * 0.5, 8 * this->rounding) << "a vector has no w";
}

TYPED_TEST(recent_optimizers, keep_what_they_say) {
  const std::vector<tensor_shape> tensors{{"weight", RV_ROLE_WEIGHT, {3, 5}}, {"bias", RV_ROLE_BIAS, {3}}};
  constexpr std::size_t n = 18, one_double = sizeof(double) / sizeof(TypeParam);
  const auto elements = [&](const char* id) { return this->elements(id, {}, tensors, n); };
  for (const char* id : {"adabelief", "yogi", "adabound"}) EXPECT_EQ(elements(id), 2 * n) << id;
  EXPECT_EQ(elements("signum"), n);
  EXPECT_EQ(elements("ademamix"), 3 * n);
  EXPECT_EQ(elements("mars"), 3 * n);
  EXPECT_EQ(elements("adan"), 4 * n);
  EXPECT_EQ(elements("schedule_free_sgd"), n + one_double);
  EXPECT_EQ(elements("adafactor"), 3 + 5 + 3);
  EXPECT_EQ(elements("came"), n + (3 + 5 + 3) + (3 + 5));
  EXPECT_EQ(elements("prodigy"), 4 * n + 2 * one_double);
  EXPECT_EQ(elements("dadapt_adam"), 3 * n + 2 * one_double);
  EXPECT_EQ(elements("dowg"), n + 2 * one_double);
  EXPECT_EQ(elements("sophia_h"), 2 * n);
  EXPECT_EQ(elements("soap"), 2 * n + 2 * (3 * 3 + 5 * 5)) << "m, v, and for each side its sum and its basis";
  EXPECT_EQ(elements("shampoo"), 2 * (3 * 3 + 5 * 5 + 3 * 3)) << "a vector has a side, too";
  EXPECT_EQ(this->elements("shampoo", {{"largest", std::int64_t{2}}}, tensors, n), n);
}

}  // namespace
}  // namespace ravine
