#include "data/split.hpp"

#include "unit/data/data_support.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Validation examples are split off those to train on.
namespace ravine {
namespace {

using testing::data_error_of;

using values = std::vector<std::uint8_t>;

/// Examples of two values: i and 200 - i, with label i.
dataset_content numbered(std::size_t count) {
  dataset_content data;
  data.name = "numbered";
  data.shape = {2};
  data.classes = 256;
  for (std::size_t i = 0; i < count; ++i) {
    data.train.labels.push_back(static_cast<std::uint8_t>(i));
    data.train.pixels.push_back(static_cast<std::uint8_t>(i));
    data.train.pixels.push_back(static_cast<std::uint8_t>(200 - i));
  }
  return data;
}

dataset_content split(std::size_t count, split_sizes sizes) {
  dataset_content data = numbered(count);
  split_validation(data, sizes);
  return data;
}

void expect_pixels_follow_labels(const image_table& part) {
  ASSERT_EQ(part.pixels.size(), 2 * part.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    EXPECT_EQ(part.pixels[2 * i], part.labels[i]);
    EXPECT_EQ(part.pixels[2 * i + 1], 200 - part.labels[i]);
  }
}

TEST(data_split, puts_every_example_into_one_part) {
  const dataset_content data = split(100, {.validation = 30});
  EXPECT_EQ(data.train.size(), 70U);
  EXPECT_EQ(data.validation.size(), 30U);
  expect_pixels_follow_labels(data.train);
  expect_pixels_follow_labels(data.validation);
  values all = data.train.labels;
  all.insert(all.end(), data.validation.labels.begin(), data.validation.labels.end());
  std::ranges::sort(all);
  EXPECT_EQ(all, numbered(100).train.labels);
}

TEST(data_split, keeps_the_order_of_the_original) {
  const dataset_content data = split(100, {.validation = 30});
  EXPECT_TRUE(std::ranges::is_sorted(data.train.labels));
  EXPECT_TRUE(std::ranges::is_sorted(data.validation.labels));
}

// Results are comparable over years because these never change.
TEST(data_split, takes_the_same_examples_for_good) {
  EXPECT_EQ(split(20, {.validation = 5}).validation.labels, (values{0, 2, 5, 7, 17}));
}

TEST(data_split, nests_a_smaller_validation_part_in_a_larger_one) {
  const values small = split(100, {.validation = 10}).validation.labels;
  const values large = split(100, {.validation = 40}).validation.labels;
  EXPECT_TRUE(std::ranges::includes(large, small));
}

TEST(data_split, keeps_the_first_examples_when_fewer_are_asked_for) {
  const values all = split(100, {.validation = 30}).train.labels;
  const dataset_content data = split(100, {.validation = 30, .train = 12});
  EXPECT_EQ(data.train.labels, values(all.begin(), all.begin() + 12));
  EXPECT_EQ(data.validation.labels, split(100, {.validation = 30}).validation.labels);
}

TEST(data_split, leaves_all_to_train_on_without_validation) {
  const dataset_content data = split(100, {});
  EXPECT_EQ(data.train.labels, numbered(100).train.labels);
  EXPECT_EQ(data.validation.size(), 0U);
}

TEST(data_split, refuses_more_than_there_are) {
  EXPECT_EQ(
      data_error_of([] { split(100, {.validation = 100}); }),
      "numbered: `validation: 100` leaves nothing to train on: there are 100 training examples; choose a "
      "smaller number");
  EXPECT_EQ(data_error_of([] { split(100, {.validation = 99}); }), "");
  EXPECT_EQ(data_error_of([] { split(100, {.validation = 30, .train = 71}); }),
            "numbered: `train: 71` is more than the 70 training examples that remain besides 30 for "
            "validation; choose a smaller number, or 0 for all");
  EXPECT_EQ(data_error_of([] { split(100, {.validation = 30, .train = 70}); }), "");
}

}  // namespace
}  // namespace ravine
