#include "unit/plugins/model_support.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

// softmax and mlp: gradients against central differences, starts, and what dropout does.
namespace ravine {
namespace {

using testing::model_with_batch;
using testing::random_numbers;
using list = std::vector<std::int64_t>;

TEST(models, softmax_has_an_exact_gradient) {
  for (const std::size_t examples : {1U, 5U}) {
    model_with_batch<double> softmax("softmax", {}, examples, 4);
    softmax.params() = random_numbers<double>(softmax.params().size(), 1);
    softmax.expect_exact_gradient();
  }
}

TEST(models, softmax_starts_undecided) {
  model_with_batch<double> softmax("softmax", {}, 5, 4);
  EXPECT_EQ(softmax.params(), std::vector<double>(4 * 6 + 4));
  EXPECT_DOUBLE_EQ(softmax.loss(), std::log(4));
}

TEST(models, softmax_does_not_overflow) {
  model_with_batch<float> softmax("softmax", {}, 5, 4);
  softmax.params() = random_numbers<float>(softmax.params().size(), 1e4);
  EXPECT_TRUE(std::isfinite(softmax.loss_gradient()));
  for (const float each : softmax.grads()) EXPECT_TRUE(std::isfinite(each));
}

TEST(models, do_not_hide_a_parameter_that_is_no_number) {
  for (const char* activation : {"relu", "tanh", "sigmoid", "gelu"}) {
    model_with_batch<float> mlp("mlp", {{"hidden", list{7, 5}}, {"activation", activation}}, 5, 4);
    mlp.params()[0] = NAN;
    EXPECT_TRUE(std::isnan(mlp.loss())) << activation;
    EXPECT_TRUE(std::isnan(mlp.loss_gradient())) << activation;
  }
}

TEST(models, tell_their_layout) {
  model_with_batch<double> mlp("mlp", {{"hidden", list{7, 5}}}, 5, 4);
  const rv_layout& layout = *mlp.wrapped().layout().raw();
  ASSERT_EQ(layout.tensor_count, 6U);
  EXPECT_EQ(layout.size, 7U * 6 + 7 + 5 * 7 + 5 + 4 * 5 + 4);
  EXPECT_STREQ(layout.tensors[0]->name, "hidden0.weight");
  EXPECT_STREQ(layout.tensors[3]->name, "hidden1.bias");
  EXPECT_STREQ(layout.tensors[4]->name, "output.weight");
  EXPECT_EQ(layout.tensors[0]->shape[0], 6U);
  EXPECT_EQ(layout.tensors[0]->shape[1], 7U);
  EXPECT_EQ(layout.tensors[0]->fan_in, 6U);
  EXPECT_EQ(layout.tensors[0]->fan_out, 7U);
  EXPECT_EQ(layout.tensors[0]->role, RV_ROLE_WEIGHT);
  EXPECT_EQ(layout.tensors[1]->role, RV_ROLE_BIAS);
  EXPECT_EQ(model_with_batch<double>("mlp", {{"hidden", list{}}}, 5, 4).params().size(), 4U * 6 + 4)
      << "no hidden layer: softmax";
}

TEST(models, refuse_to_work_without_data) {
  EXPECT_EQ(testing::plugin_error_of([] {
              model(testing::shipped_plugins().get(component_kind::model, "mlp"), nullptr, {}, RV_F32);
            }),
            "mlp: create: this model needs data: name them in the manifest (data: {use: mnist})");
}

class mlp_activations : public ::testing::TestWithParam<std::string> {
 protected:
  static settings with(double dropout, const list& hidden = {7, 5}) {
    return {{"hidden", hidden}, {"activation", GetParam()}, {"dropout", dropout}};
  }
};

TEST_P(mlp_activations, have_an_exact_gradient) {
  for (const std::size_t examples : {1U, 5U}) {
    for (const list& hidden : {list{7, 5}, list{1}, list{}}) {
      model_with_batch<double> mlp("mlp", with(0, hidden), examples, 4);
      mlp.params() = random_numbers<double>(mlp.params().size(), 0.7);
      mlp.expect_exact_gradient();
      mlp.batch().size = (examples + 1) / 2;  // shorter than the longest, as an epoch's last batch is
      mlp.expect_exact_gradient();
    }
  }
}

TEST_P(mlp_activations, have_an_exact_gradient_with_dropout) {
  model_with_batch<double> mlp("mlp", with(0.4), 5, 4);
  mlp.params() = random_numbers<double>(mlp.params().size(), 0.7);
  mlp.expect_exact_gradient();
  mlp.batch().mode = RV_MODE_EVALUATE;
  mlp.expect_exact_gradient();
}

TEST_P(mlp_activations, have_the_same_loss_with_and_without_gradient) {
  for (const double dropout : {0.0, 0.4}) {
    model_with_batch<double> mlp("mlp", with(dropout), 5, 4);
    EXPECT_EQ(mlp.loss(), mlp.loss_gradient());
  }
}

TEST_P(mlp_activations, agree_in_float_and_double) {
  model_with_batch<double> twice("mlp", with(0), 5, 4);
  model_with_batch<float> single("mlp", with(0), 5, 4);
  single.params() = random_numbers<float>(single.params().size(), 0.7);
  std::ranges::copy(single.params(), twice.params().begin());
  EXPECT_NEAR(single.loss_gradient(), twice.loss_gradient(), 1e-5);
  for (std::size_t i = 0; i < twice.grads().size(); ++i)
    EXPECT_NEAR(single.grads()[i], twice.grads()[i], 1e-5);
}

INSTANTIATE_TEST_SUITE_P(models, mlp_activations, ::testing::Values("relu", "tanh", "sigmoid", "gelu"),
                         [](const auto& each) { return each.param; });

TEST(models, mlp_computes_what_its_formula_says) {
  // One hidden unit a layer: y = w2 act(w1 x + b1) + b2 by hand.
  const double w1 = 0.5, b1 = -0.3, w2[] = {1.5, -0.7}, b2[] = {0.1, 0.2};
  const auto act = [](const std::string& name, double z) {
    return name == "relu"      ? std::max(z, 0.0)
           : name == "tanh"    ? std::tanh(z)
           : name == "sigmoid" ? 1 / (1 + std::exp(-z))
                               : z * std::erfc(-z / std::numbers::sqrt2) / 2;
  };
  for (const std::string name : {"relu", "tanh", "sigmoid", "gelu"}) {
    model_with_batch<double> mlp("mlp", {{"hidden", list{1}}, {"activation", name}}, 5, 2);
    mlp.params() = {w1, 0, 0, 0, 0, 0, b1, w2[0], w2[1], b2[0], b2[1]};
    const std::vector<double> scores = mlp.predict();
    double total = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const double hidden = act(name, w1 * mlp.inputs()[i * 6] + b1);
      const double first = w2[0] * hidden + b2[0], second = w2[1] * hidden + b2[1];
      EXPECT_NEAR(scores[2 * i], first, 1e-14) << name;
      EXPECT_NEAR(scores[2 * i + 1], second, 1e-14) << name;
      total -= (mlp.labels()[i] == 0 ? first : second) - std::log(std::exp(first) + std::exp(second));
    }
    EXPECT_NEAR(mlp.loss(), total / 5, 1e-14) << name;
  }
}

/// Standard deviation of one tensor of a large mlp's starting weights, times sqrt(its fan-in).
double spread(const settings& more) {
  settings with{{"hidden", list{2000}}};
  with.insert(more.begin(), more.end());
  model_with_batch<double> mlp("mlp", with, 1, 4);
  const rv_tensor& weight = *mlp.wrapped().layout().raw()->tensors[0];
  const std::span<const double> own =
      std::span<const double>(mlp.params()).subspan(weight.offset, weight.size);
  const double squares = std::inner_product(own.begin(), own.end(), own.begin(), 0.0);
  for (const double bias : std::span<const double>(mlp.params()).subspan(weight.size, 2000))
    EXPECT_EQ(bias, 0.0);
  return std::sqrt(squares / static_cast<double>(own.size()) * static_cast<double>(weight.fan_in));
}

TEST(models, mlp_starts_as_its_activation_wants) {
  const double he = std::sqrt(2), glorot = std::sqrt(2.0 * 6 / 2006);
  EXPECT_NEAR(spread({}), he, 0.03 * he);
  EXPECT_NEAR(spread({{"activation", std::string("gelu")}}), he, 0.03 * he);
  EXPECT_NEAR(spread({{"activation", std::string("tanh")}}), glorot, 0.03 * glorot);
  EXPECT_NEAR(spread({{"activation", std::string("sigmoid")}}), glorot, 0.03 * glorot);
  EXPECT_NEAR(spread({{"init", std::string("glorot")}}), glorot, 0.03 * glorot);
}

TEST(models, mlp_starts_by_its_seed_alone) {
  model_with_batch<double> mlp("mlp", {}, 2, 4);
  std::vector<double> again(mlp.params().size()), other(mlp.params().size());
  mlp.wrapped().init(5, again.data());
  mlp.wrapped().init(6, other.data());
  EXPECT_EQ(again, mlp.params());
  EXPECT_NE(other, mlp.params());
}

TEST(models, dropout_follows_the_batchs_seed_and_rests_in_evaluation) {
  model_with_batch<double> with("mlp", {{"dropout", 0.5}}, 5, 4), without("mlp", {}, 5, 4);
  const double first = with.loss();
  EXPECT_EQ(with.loss(), first);
  with.batch().seed = 12;
  EXPECT_NE(with.loss(), first);
  with.batch().mode = RV_MODE_EVALUATE;
  EXPECT_EQ(with.loss(), without.loss());
  EXPECT_EQ(with.predict(), without.predict());
}

TEST(models, dropout_keeps_the_expected_score) {
  // A linear output layer: the mean over many masks is the score without dropout.
  model_with_batch<double> with("mlp", {{"hidden", list{64}}, {"dropout", 0.3}}, 1, 2);
  with.batch().mode = RV_MODE_EVALUATE;
  const double expected = with.predict()[0];
  with.batch().mode = RV_MODE_TRAIN;
  double sum = 0;
  constexpr int masks = 20000;
  for (int i = 0; i < masks; ++i) {
    with.batch().seed = static_cast<std::uint64_t>(i) * 1000;
    sum += with.predict()[0];
  }
  EXPECT_NEAR(sum / masks, expected, 0.03);
}

}  // namespace
}  // namespace ravine
