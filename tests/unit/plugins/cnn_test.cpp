#include "unit/plugins/model_support.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// cnn: its gradient against central differences and against PyTorch's, sizes, batches that fill no group.
namespace ravine {
namespace {

using testing::model_with_batch;
using testing::random_numbers;
using list = std::vector<std::int64_t>;

settings small(const list& channels, std::int64_t kernel, const list& hidden) {
  return {{"channels", channels}, {"kernel", kernel}, {"hidden", hidden}};
}

TEST(cnn, has_an_exact_gradient) {
  struct {
    settings with;
    std::size_t examples;
    std::vector<std::uint64_t> shape;
  } const cases[] = {{small({3, 2}, 3, {5}), 11, {9, 11}},  // odd sizes, two groups, the second short
                     {small({5}, 4, {}), 3, {2, 6, 5}},     // two channels, an even kernel
                     {small({1, 7, 2}, 2, {4, 3}), 8, {20, 19}},
                     {small({2}, 5, {3}), 1, {8, 8}},
                     {small({6}, 6, {3}), 2, {9, 8}},
                     {small({2}, 1, {}), 2, {4, 4}},
                     {small({}, 5, {4}), 3, {2, 3}}};
  for (const auto& each : cases) {
    model_with_batch<double> cnn("cnn", each.with, each.examples, 4, each.shape);
    cnn.params() = random_numbers<double>(cnn.params().size(), 0.5);
    SCOPED_TRACE(to_string(each.with));
    cnn.expect_exact_gradient();
  }
}

TEST(cnn, agrees_with_pytorch) {
  std::ifstream file(RAVINE_TEST_SOURCE_DIR "/parity/cnn.json");
  ASSERT_TRUE(file);
  const nlohmann::json reference = nlohmann::json::parse(file);
  const auto shape = reference.at("shape").get<std::vector<std::uint64_t>>();
  const auto labels = reference.at("labels").get<std::vector<std::int32_t>>();
  const auto inputs = reference.at("inputs").get<std::vector<double>>();
  const auto grads = reference.at("grads").get<std::vector<double>>();
  model_with_batch<double> cnn(
      "cnn",
      small(reference.at("channels").get<list>(), reference.at("kernel"), reference.at("hidden").get<list>()),
      labels.size(), reference.at("classes"), shape);
  cnn.params() = reference.at("params").get<std::vector<double>>();
  cnn.batch().inputs = inputs.data();
  cnn.batch().labels = labels.data();
  EXPECT_NEAR(cnn.loss_gradient(), reference.at("loss").get<double>(), 1e-14);
  ASSERT_EQ(cnn.grads().size(), grads.size());
  for (std::size_t i = 0; i < grads.size(); ++i) EXPECT_NEAR(cnn.grads()[i], grads[i], 1e-14) << i;
}

TEST(cnn, has_the_sizes_of_lenet) {
  model_with_batch<float> cnn("cnn", {}, 1, 10, {28, 28});
  const rv_layout& layout = *cnn.wrapped().layout().raw();
  ASSERT_EQ(layout.tensor_count, 10U);
  EXPECT_EQ(layout.size, 6U * 25 + 6 + 16 * 150 + 16 + 120 * 400 + 120 + 84 * 120 + 84 + 10 * 84 + 10);
  EXPECT_STREQ(layout.tensors[2]->name, "conv1.weight");
  EXPECT_EQ(std::vector(layout.tensors[2]->shape, layout.tensors[2]->shape + 4),
            (std::vector<std::uint64_t>{16, 6, 5, 5}));
  EXPECT_EQ(layout.tensors[2]->fan_in, 150U);
}

TEST(cnn, agrees_in_float_and_double) {
  model_with_batch<double> twice("cnn", {}, 21, 10, {28, 28});
  model_with_batch<float> single("cnn", {}, 21, 10, {28, 28});
  std::ranges::copy(single.params(), twice.params().begin());
  std::vector<double> inputs(single.inputs().begin(), single.inputs().end());
  twice.batch().inputs = inputs.data();
  EXPECT_NEAR(single.loss_gradient(), twice.loss_gradient(), 1e-5);
  for (std::size_t i = 0; i < twice.grads().size(); ++i)
    EXPECT_NEAR(single.grads()[i], twice.grads()[i], 1e-4) << i;
}

TEST(cnn, forgets_the_batch_before) {
  const settings with = small({3, 2}, 3, {5});
  model_with_batch<float> cnn("cnn", with, 40, 4, {12, 12}), fresh("cnn", with, 40, 4, {12, 12});
  cnn.loss_gradient();
  cnn.batch().size = fresh.batch().size = 5;
  EXPECT_EQ(cnn.loss_gradient(), fresh.loss_gradient());
  EXPECT_EQ(cnn.grads(), fresh.grads());
}

TEST(cnn, refuses_images_that_are_too_small) {
  const auto error_with = [](const std::vector<std::uint64_t>& shape) {
    return testing::plugin_error_of([&] { model_with_batch<float>("cnn", {}, 2, 4, shape); });
  };
  EXPECT_EQ(error_with({10, 12}),
            "cnn: create: convolution 1 meets images of 5 x 6, expected at least 6 each way: name fewer "
            "channels or a smaller kernel");
  EXPECT_EQ(error_with({784}),
            "cnn: create: examples have 1 dimensions, expected images: height x width or channels x height x "
            "width");
}

}  // namespace
}  // namespace ravine
