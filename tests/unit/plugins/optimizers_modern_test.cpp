#include "unit/plugins/model_support.hpp"
#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

// lion and schedule_free_adamw, which PyTorch 1.13 does not have: what they promise. Their paths are in
// tests/parity.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::driven_tensors;
using testing::layer;
using testing::random_numbers;
using testing::tensor_shape;

template <class T>
struct modern_optimizers : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(modern_optimizers, testing::element_types);

TYPED_TEST(modern_optimizers, lion_moves_every_coordinate_by_the_rate) {
  driven_optimizer<TypeParam> lion(this->find("lion"), {{"lr", 0.125}}, {1, 1, 1, 1});
  lion.step({3, -0.001F, 1e6F, 0});
  EXPECT_EQ(lion.params()[0], TypeParam{0.875});
  EXPECT_EQ(lion.params()[1], TypeParam{1.125});
  EXPECT_EQ(lion.params()[2], TypeParam{0.875});
  EXPECT_EQ(lion.params()[3], TypeParam{1}) << "sign(0) is 0";
}

TYPED_TEST(modern_optimizers, lion_weighs_the_gradient_against_its_memory) {
  driven_optimizer<TypeParam> lion(this->find("lion"), {{"lr", 0.125}}, {0});
  lion.step({1});
  EXPECT_NEAR(lion.state(0), 0.01, this->rounding);
  lion.step({TypeParam(-0.05)});  // 0.9 x 0.01 - 0.1 x 0.05 is above 0 still
  EXPECT_EQ(lion.param(), TypeParam{-0.25});
  EXPECT_NEAR(lion.state(0), 0.99 * 0.01 - 0.01 * 0.05, this->rounding);
  lion.step({TypeParam(-1)});
  EXPECT_EQ(lion.param(), TypeParam{-0.125});
}

TYPED_TEST(modern_optimizers, lion_spares_biases_from_decay_when_asked) {
  const std::vector<TypeParam> start(6, 2), g(6, 1);
  const settings decaying{{"lr", 0.125}, {"weight_decay", 0.5}};
  driven_tensors<TypeParam> all(this->find("lion"), decaying, start, layer);
  all.step(g);
  for (const TypeParam p : all.params()) EXPECT_EQ(p, TypeParam{1.75});
  settings sparing = decaying;
  sparing["decay_biases"] = false;
  driven_tensors<TypeParam> weights(this->find("lion"), sparing, start, layer);
  weights.step(g);
  EXPECT_EQ(weights.params()[3], TypeParam{1.75});
  EXPECT_EQ(weights.params()[4], TypeParam{1.875});
}

TYPED_TEST(modern_optimizers, lion_may_be_split) {
  ASSERT_TRUE(this->find("lion").can(RV_OPTIMIZER_ELEMENTWISE));
  const settings with{{"lr", 0.1}, {"weight_decay", 0.5}};
  const auto start = random_numbers<TypeParam>(6, 1, 1), g = random_numbers<TypeParam>(6, 1, 2);
  driven_optimizer<TypeParam> whole(this->find("lion"), with, start), split(this->find("lion"), with, start);
  for (int t = 0; t < 3; ++t) {
    whole.step(g);
    split.step(g, {{5, 1}, {0, 3}, {3, 2}});
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(whole.params()[i], split.params()[i]);
}

TYPED_TEST(modern_optimizers, schedule_free_is_evaluated_at_the_average_of_its_iterates) {
  const double lr = 0.05, beta1 = 0.8, beta2 = 0.9;
  driven_optimizer<TypeParam> free(this->find("schedule_free_adamw"),
                                   {{"lr", lr}, {"beta1", beta1}, {"beta2", beta2}}, {1, -2});
  std::vector<TypeParam> x(2);
  const auto evaluate = [&] {
    ASSERT_EQ(free.wrapped().evaluation_point(free.describe(nullptr), x.data()),
              optimizer::point_use::own_point);
  };
  evaluate();
  EXPECT_EQ(x, (std::vector<TypeParam>{1, -2})) << "before the first step";
  double average = 0, weights = 0;
  for (int t = 1; t <= 20; ++t) {
    free.step({free.params()[0] - 3, std::sin(static_cast<TypeParam>(t))});
    const double z = free.state(0), weight = lr * lr * (1 - std::pow(beta2, t));
    weights += weight;
    average += (z - average) * weight / weights;
    evaluate();
    EXPECT_NEAR(x[0], average, 10 * this->rounding);
    EXPECT_NEAR(free.params()[0], (1 - beta1) * z + beta1 * average, 10 * this->rounding);
  }
}

TYPED_TEST(modern_optimizers, schedule_free_may_start_at_a_rate_of_0) {
  driven_optimizer<TypeParam> free(this->find("schedule_free_adamw"), {}, {1});
  free.set(0, 0);
  free.step({2});
  EXPECT_EQ(free.param(), TypeParam{1});
  free.set(0, 0.5);
  free.step({2});
  EXPECT_LT(free.param(), TypeParam{1});
}

TYPED_TEST(modern_optimizers, keep_what_they_say) {
  const std::vector<tensor_shape> tensors{{"weight", RV_ROLE_WEIGHT, {3, 5}}, {"bias", RV_ROLE_BIAS, {3}}};
  const std::size_t n = 18;
  const auto elements = [&](const char* id) {
    driven_tensors<TypeParam> driven(this->find(id), {}, std::vector<TypeParam>(n), tensors);
    return driven.wrapped().state().bytes() / sizeof(TypeParam);
  };
  EXPECT_EQ(elements("lion"), n);
  EXPECT_EQ(elements("lars"), n);
  EXPECT_EQ(elements("lamb"), 2 * n);
  EXPECT_EQ(elements("sam"), n) << "v; the workspaces are scratch";
  EXPECT_EQ(elements("schedule_free_adamw"), 2 * n + (dtype_of<TypeParam> == RV_F32 ? 2 : 1))
      << "z, v and one double";
  EXPECT_EQ(elements("muon"), n + 3) << "m, v of the bias; the workspace is scratch";
}

}  // namespace
}  // namespace ravine
