#include <ravine/random.hpp>
#include <ravine/top_accuracy.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <gtest/gtest.h>

// Whether the right class is among the first ones.
namespace ravine {
namespace {

double top(const std::vector<float>& scores, const std::vector<std::int32_t>& labels, std::size_t classes,
           std::size_t k) {
  return top_accuracy(std::span<const float>(scores), std::span<const std::int32_t>(labels), classes, k);
}

TEST(top_accuracy, counts_labels_among_the_highest_scores) {
  const std::vector<float> scores{0.1F, 0.7F, 0.2F, 0, /**/ 5, 4, 3, 2};
  EXPECT_EQ(top(scores, {1, 3}, 4, 1), 0.5);
  EXPECT_EQ(top(scores, {2, 3}, 4, 1), 0);
  EXPECT_EQ(top(scores, {2, 3}, 4, 2), 0.5);
  EXPECT_EQ(top(scores, {2, 3}, 4, 4), 1);
}

TEST(top_accuracy, takes_the_first_of_equal_scores_for_the_highest) {
  EXPECT_EQ(top({1, 1, 1}, {0}, 3, 1), 1);
  EXPECT_EQ(top({1, 1, 1}, {1}, 3, 1), 0);
  EXPECT_EQ(top({1, 1, 1}, {1}, 3, 2), 1);
}

TEST(top_accuracy, counts_no_label_whose_score_is_no_number) {
  const float none = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(top({none, none, none}, {0}, 3, 2), 0);
  EXPECT_EQ(top({1, none, none}, {0}, 3, 2), 0) << "what is no number goes before it";
  EXPECT_EQ(top({none, 1, 0}, {1}, 3, 1), 0);
  EXPECT_EQ(top({1, none, 0}, {0}, 3, 2), 1);
}

TEST(top_accuracy, is_what_sorting_gives) {
  constexpr std::size_t classes = 9, rows = 200;
  random_stream random(1);
  std::vector<float> scores(rows * classes);
  for (float& each : scores) each = static_cast<float>(std::floor(random.uniform(0, 6)));  // with ties
  std::vector<std::int32_t> labels(rows);
  for (std::int32_t& each : labels) each = static_cast<std::int32_t>(random.uniform(0, classes));
  for (std::size_t k = 1; k <= classes; ++k) {
    int found = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      std::vector<std::int32_t> order(classes);
      std::iota(order.begin(), order.end(), 0);
      std::ranges::stable_sort(order, [&](std::int32_t a, std::int32_t b) {
        return scores[i * classes + static_cast<std::size_t>(a)] >
               scores[i * classes + static_cast<std::size_t>(b)];
      });
      found += static_cast<int>(
          std::count(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), labels[i]));
    }
    EXPECT_EQ(top(scores, labels, classes, k), static_cast<double>(found) / rows) << k;
  }
}

}  // namespace
}  // namespace ravine
