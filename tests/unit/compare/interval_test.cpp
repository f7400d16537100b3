#include "compare/signed_rank_interval.hpp"
#include "compare/wilcoxon.hpp"
#include "unit/special_numbers.hpp"

#include <cmath>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The numbers of reference.json were made by scipy and numpy: see tests/compare/reference.py.

namespace ravine {
namespace {

using ::testing::DoubleNear;
using testing::infinity;
using values = std::vector<double>;

TEST(signed_rank_location, holds_the_shifts_that_scipy_does_not_reject) {
  std::ifstream file(RAVINE_TEST_SOURCE_DIR "/compare/reference.json");
  const auto reference = nlohmann::json::parse(file);
  for (const auto& each : reference.at("signed_rank_intervals")) {
    const location found = signed_rank_location(each.at("differences").get<values>());
    EXPECT_THAT(found.estimate, DoubleNear(each.at("estimate"), 1e-12)) << each;
    EXPECT_THAT(found.range.lower, DoubleNear(each.at("interval").at(0), 1e-12)) << each;
    EXPECT_THAT(found.range.upper, DoubleNear(each.at("interval").at(1), 1e-12)) << each;
    EXPECT_GE(found.confidence, 0.95) << each;
  }
}

/// Their section 3.2 estimates -0.46, and 3.3 gives the interval (-0.786, -0.010) at 96.1 %.
TEST(signed_rank_location, is_that_of_hollander_and_wolfe_for_their_nine_patients) {
  const location found =
      signed_rank_location(values{-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01});
  EXPECT_THAT(found.estimate, DoubleNear(-0.46, 1e-12));
  EXPECT_THAT(found.range.lower, DoubleNear(-0.786, 1e-12));
  EXPECT_THAT(found.range.upper, DoubleNear(-0.01, 1e-12));
  EXPECT_THAT(found.confidence, DoubleNear(0.961, 5e-4));
}

TEST(signed_rank_location, says_what_few_differences_can_promise) {
  const location five = signed_rank_location(values{3, 1, 5, 2, 4});
  EXPECT_EQ(five.estimate, 3);
  EXPECT_EQ(five.range.lower, 1);
  EXPECT_EQ(five.range.upper, 5);
  EXPECT_EQ(five.confidence, 0.9375);
  EXPECT_EQ(signed_rank_location(values{1, 2}).confidence, 0.5);
  const location one = signed_rank_location(values{7});
  EXPECT_EQ(one.estimate, 7);
  EXPECT_TRUE(std::isnan(one.range.lower) && std::isnan(one.range.upper) && std::isnan(one.confidence));
}

/// Five billion means of two, none of which is kept: their order statistics are known for equal steps.
TEST(signed_rank_location, takes_a_hundred_thousand_differences) {
  values differences;
  for (int i = -50'000; i <= 50'000; ++i) differences.push_back(i);
  const location found = signed_rank_location(differences);
  EXPECT_EQ(found.estimate, 0);
  EXPECT_EQ(found.range.lower, -found.range.upper);
  // Wilcoxon's rank sum deviates by n^1.5 / sqrt(12), and n^2 / (2 L) of the means lie on each unit of n = 2
  // L + 1.
  EXPECT_NEAR(found.range.upper, 1.96 * 1e5 / std::sqrt(12 * 1e5), 2);
}

TEST(signed_rank_location, stays_finite_where_one_in_ten_failed) {
  const location found = signed_rank_location(values{1, 2, 3, 4, 5, 6, 7, 8, 9, infinity});
  EXPECT_EQ(found.estimate, 5.5);
  EXPECT_EQ(found.range.lower, 3);
  EXPECT_EQ(found.range.upper, infinity) << "10 of 55 means are infinite, and 8 are rejected";
  EXPECT_EQ(signed_rank_location(values{1, infinity, infinity}).estimate, infinity);
}

TEST(signed_rank_location, takes_failures_of_both_sides_as_one_size) {
  const location found = signed_rank_location(values{-infinity, infinity});
  EXPECT_EQ(found.estimate, 0);
  EXPECT_EQ(found.range.lower, -infinity);
  EXPECT_EQ(found.range.upper, infinity);
}

TEST(signed_rank_location, knows_nothing_of_no_differences_or_nan) {
  for (const values& given : {values{}, values{1, std::nan(""), 2}}) {
    const location found = signed_rank_location(given);
    EXPECT_TRUE(std::isnan(found.estimate) && std::isnan(found.range.lower) && std::isnan(found.confidence));
  }
}

/// Critical values of the two-sided test at 5 %, as any table has them (Wilcoxon 1945, Siegel 1956).
TEST(widest_tail, gives_the_critical_values_of_the_tables) {
  for (const auto& [count, critical] : std::vector<std::pair<std::size_t, std::uint64_t>>{
           {6, 0}, {7, 2}, {8, 3}, {9, 5}, {10, 8}, {15, 25}, {20, 52}, {25, 89}}) {
    ASSERT_TRUE(widest_tail(count, 0.025)) << count;
    EXPECT_EQ(widest_tail(count, 0.025)->rank_sum, critical) << count;
  }
  EXPECT_FALSE(widest_tail(5, 0.025));
}

}  // namespace
}  // namespace ravine
