#include "data/batches.hpp"

#include "data/dataset_content.hpp"
#include "unit/data/data_support.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

// The order of an epoch, its batches, and the copy of a batch into floating point.
namespace ravine {
namespace {

using order = std::vector<std::uint32_t>;

order shuffled(std::size_t rows, std::uint64_t seed, std::uint64_t epoch) {
  epoch_order source(rows, seed);
  const auto rows_of_epoch = source.shuffle(epoch);
  return {rows_of_epoch.begin(), rows_of_epoch.end()};
}

TEST(batches, visit_every_row_once_an_epoch) {
  for (const std::uint64_t epoch : {0U, 1U, 7U}) {
    order visited = shuffled(1000, 5, epoch);
    std::ranges::sort(visited);
    order expected(1000);
    std::iota(expected.begin(), expected.end(), 0U);
    EXPECT_EQ(visited, expected) << "epoch " << epoch;
  }
}

TEST(batches, come_in_another_order_each_epoch_and_seed) {
  EXPECT_NE(shuffled(1000, 5, 0), shuffled(1000, 5, 1));
  EXPECT_NE(shuffled(1000, 5, 0), shuffled(1000, 6, 0));
}

TEST(batches, depend_on_seed_and_epoch_alone) {
  epoch_order source(1000, 5);
  for (const std::uint64_t epoch : {3U, 0U, 3U}) {
    const auto rows = source.shuffle(epoch);
    EXPECT_EQ(order(rows.begin(), rows.end()), shuffled(1000, 5, epoch)) << "whatever was asked for before";
  }
}

TEST(batches, shuffle_the_same_way_for_good) {
  EXPECT_EQ(shuffled(8, 1, 0), (order{1, 7, 3, 0, 2, 5, 6, 4}));
}

// Row 0 lands in each tenth of the order equally often: 500 of 5,000, standard deviation 21.
TEST(batches, shuffle_uniformly) {
  std::vector<int> tenths(10);
  epoch_order source(100, 9);
  for (std::uint64_t epoch = 0; epoch < 5000; ++epoch) {
    const auto rows = source.shuffle(epoch);
    ++tenths[static_cast<std::size_t>(std::ranges::find(rows, 0U) - rows.begin()) / 10];
  }
  for (const int count : tenths) EXPECT_NEAR(count, 500, 5 * 21);
}

TEST(batches, keep_the_last_short_one) {
  EXPECT_EQ(batch_count(10, 3), 4U);
  EXPECT_EQ(batch_count(9, 3), 3U);
  EXPECT_EQ(batch_count(10, 10), 1U);
  EXPECT_EQ(batch_count(10, 11), 1U);
  EXPECT_EQ(batch_count(10, 1), 10U);

  const order rows = shuffled(10, 1, 0);
  order seen;
  for (std::size_t i = 0; i < batch_count(10, 3); ++i) {
    const auto batch = batch_rows(rows, 3, i);
    EXPECT_EQ(batch.size(), i < 3 ? 3U : 1U);
    seen.insert(seen.end(), batch.begin(), batch.end());
  }
  EXPECT_EQ(seen, rows);
  EXPECT_EQ(batch_rows(rows, 11, 0).size(), 10U);
}

/// 37 features: two blocks of the vectorised copy and a rest.
constexpr std::size_t features = 37;

image_table all_levels() {
  image_table images;
  images.pixels.resize(7 * features);  // 259 values: every level
  for (std::size_t i = 0; i < images.pixels.size(); ++i) {
    images.pixels[i] = static_cast<std::uint8_t>(i % 256);
  }
  images.labels = {3, 1, 4, 1, 5, 9, 2};
  return images;
}

template <class T>
void expect_exact_copies() {
  const image_table images = all_levels();
  const order rows{6, 0, 1, 2, 3, 4, 5, 6};
  std::vector<T> inputs(rows.size() * features, T{-1});
  std::vector<std::int32_t> labels(rows.size());
  gather<T>(images, features, rows, inputs, labels);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(labels[i], images.labels[rows[i]]);
    for (std::size_t j = 0; j < features; ++j) {
      const auto level = static_cast<T>(images.pixels[rows[i] * features + j]);
      EXPECT_EQ(inputs[i * features + j], level / T{255}) << "row " << i << " feature " << j;
    }
  }
  EXPECT_EQ(*std::ranges::max_element(inputs), T{1});
  EXPECT_EQ(*std::ranges::min_element(inputs), T{0});
}

TEST(batches, gather_exact_values) {
  expect_exact_copies<float>();
  expect_exact_copies<double>();
}

TEST(batches, gather_nothing_from_no_rows) {
  const image_table images = all_levels();
  std::vector<float> inputs;
  std::vector<std::int32_t> labels;
  gather<float>(images, features, {}, inputs, labels);
  EXPECT_TRUE(inputs.empty());
}

TEST(batches, refuse_more_rows_than_32_bits_can_name) {
  EXPECT_EQ(testing::data_error_of([] { epoch_order(4'294'967'296, 1); }),
            "4294967296 training rows are too many: at most 4294967295 are supported");
}

}  // namespace
}  // namespace ravine
