#include "store/curve_text.hpp"

#include "store/runs.hpp"
#include "unit/store/store_support.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

// How curves and paths are written.
namespace ravine {
namespace {

using namespace testing;

TEST(curve_text, keeps_every_bit) {
  std::mt19937_64 random(1);
  std::vector<evaluation> all(200);
  for (evaluation& each : all) {
    each.at = {random(), random(), 1.0 / 3, 5e-324, 1e308};
    for (const char* name : {"a", "b", "c"}) {
      if (random() % 4 != 0) each.metrics[name] = std::bit_cast<double>(random());
    }
  }
  all.push_back({{}, {{"a", -0.0}, {"b", -INFINITY}, {"\"", 1}}});
  const curve_text text = to_curve_text(all);
  const std::vector<evaluation> back = from_curve_text(text.metrics, text.points);
  ASSERT_EQ(back.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    expect_same(back[i].at, all[i].at);
    ASSERT_EQ(back[i].metrics.size(), all[i].metrics.size());
    for (const auto& [name, value] : all[i].metrics) {
      const double read = back[i].metrics.at(name);
      EXPECT_TRUE(std::bit_cast<std::uint64_t>(read) == std::bit_cast<std::uint64_t>(value) ||
                  (std::isnan(read) && std::isnan(value)))
          << value;
    }
  }
}

TEST(runs, give_back_what_was_put_in) {
  const std::vector<std::vector<std::uint64_t>> all{
      {}, {7}, {0, 1, 2, 3}, {0, 4, 8, 9}, {5, 3, 1, 1, 1}, {UINT64_MAX, 0, 1}};
  for (const auto& values : all) EXPECT_EQ(from_runs(to_runs(values), values.size()), values);
  std::vector<std::uint64_t> steps;
  for (std::uint64_t i = 0; i < 1000; ++i) steps.push_back(4 * i);
  steps.push_back(3997);
  EXPECT_EQ(to_runs(steps).size(), 6U) << "two runs";
}

TEST(runs, of_another_number_of_values_are_refused) {
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1, 3}, 2), error);
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1, 3}, 4), error);
  EXPECT_THROW(from_runs(std::vector<std::uint64_t>{0, 1}, 1), error);
}

}  // namespace
}  // namespace ravine
