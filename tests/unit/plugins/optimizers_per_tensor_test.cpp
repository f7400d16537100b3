#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"

#include <span>
#include <vector>

#include <gtest/gtest.h>

// lamb and lars, whose steps are measured by the tensor. Their paths are in tests/parity.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::driven_tensors;
using testing::layer;
using testing::length;

template <class T>
struct per_tensor_optimizers : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(per_tensor_optimizers, testing::element_types);

/// How far the parameters were moved from `start`.
template <class T>
std::vector<T> moves(driven_tensors<T>& driven, const std::vector<T>& start) {
  std::vector<T> moved(driven.params().begin(), driven.params().end());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] -= start[i];
  return moved;
}

TYPED_TEST(per_tensor_optimizers, lamb_moves_each_tensor_by_the_rate_times_its_norm) {
  const std::vector<TypeParam> start{3, -4, 1, 2, TypeParam(0.1), TypeParam(-0.2)};
  driven_tensors<TypeParam> lamb(this->find("lamb"), {{"lr", 0.01}}, start, layer);
  for (int t = 0; t < 3; ++t) {
    const std::vector<TypeParam> before(lamb.params().begin(), lamb.params().end());
    lamb.step({100, -2, 30, 4, TypeParam(1e-3), 7});
    const std::vector<TypeParam> moved = moves(lamb, before);
    const auto weight = std::span(moved).first(4), bias = std::span(moved).subspan(4);
    EXPECT_NEAR(length<TypeParam>(weight) / length<TypeParam>(std::span(before).first(4)), 0.01,
                100 * this->rounding);
    EXPECT_NEAR(length<TypeParam>(bias) / length<TypeParam>(std::span(before).subspan(4)), 0.01,
                100 * this->rounding);
  }
}

TYPED_TEST(per_tensor_optimizers, lamb_gives_what_is_not_adapted_adams_step) {
  const std::vector<TypeParam> g{3, -4, 1, 2, 5, -6};
  settings with{{"lr", 0.01}, {"eps", 0.0}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> at_zero(this->find("lamb"), with, std::vector<TypeParam>(6), layer);
  with["adapt_biases"] = false;
  driven_tensors<TypeParam> spared(this->find("lamb"), with, {1, 1, 1, 1, 2, 2}, layer);
  at_zero.step(g);
  spared.step(g);
  EXPECT_NEAR(at_zero.params()[0], -0.01, this->rounding);
  EXPECT_NEAR(spared.params()[4], 1.99, this->rounding);
  EXPECT_NEAR(spared.params()[5], 2.01, this->rounding);
  EXPECT_NEAR(spared.params()[0], 0.99, this->rounding) << "trust is |p| / |u| = 2 / 2";
}

TYPED_TEST(per_tensor_optimizers, lars_moves_each_tensor_by_the_trusted_share_of_its_norm) {
  const std::vector<TypeParam> start{3, -4, 0, 0, TypeParam(0.6), TypeParam(-0.8)};
  const settings with{{"lr", 2.0}, {"trust", 0.01}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> lars(this->find("lars"), with, start, layer);
  lars.step({0, 0, 300, -400, 0, TypeParam(-1e-3)});
  const std::vector<TypeParam> moved = moves(lars, start);
  EXPECT_NEAR(moved[2], -2 * 0.01 * 5 * 0.6, this->rounding);
  EXPECT_NEAR(moved[3], 2 * 0.01 * 5 * 0.8, this->rounding);
  EXPECT_NEAR(moved[5], 2 * 0.01 * 1, this->rounding);
}

TYPED_TEST(per_tensor_optimizers, lars_counts_decay_in_the_local_rate) {
  // |p| = 5, |g| = 10, decay 0.4: local = 0.01 x 5 / (10 + 2)
  driven_optimizer<TypeParam> lars(this->find("lars"), {{"lr", 1.2}, {"trust", 0.01}, {"weight_decay", 0.4}},
                                   {3, 4});
  lars.step({10, 0});
  EXPECT_NEAR(lars.params()[0], 3 - 0.005 * (10 + 0.4 * 3), this->rounding);
  EXPECT_NEAR(lars.params()[1], 4 - 0.005 * 0.4 * 4, this->rounding);
}

TYPED_TEST(per_tensor_optimizers, lars_gives_what_is_not_adapted_momentums_step) {
  const std::vector<TypeParam> g{3, -4, 1, 2, 5, -6};
  settings with{{"lr", 0.01}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> at_zero(this->find("lars"), with, std::vector<TypeParam>(6), layer);
  with["adapt_biases"] = false;
  driven_tensors<TypeParam> spared(this->find("lars"), with, std::vector<TypeParam>(6, 1), layer);
  at_zero.step(g);
  spared.step(g);
  EXPECT_NEAR(at_zero.params()[5], 0.06, this->rounding);
  EXPECT_NEAR(spared.params()[5], 1.06, this->rounding);
}

}  // namespace
}  // namespace ravine
