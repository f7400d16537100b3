#include "compare/comparison.hpp"
#include "compare/mean_ranks.hpp"
#include "unit/compare/compare_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::make;
using ::testing::Pair;

TEST(mean_ranks, share_ranks_as_scipy_does) {
  constexpr double never = std::numeric_limits<double>::infinity();
  // scipy.stats.rankdata([3, 1, 1, inf, 2, inf])
  EXPECT_THAT(shared_ranks(std::vector{3.0, 1.0, 1.0, never, 2.0, never}),
              ElementsAre(4, 1.5, 1.5, 5.5, 3, 5.5));
  EXPECT_THAT(shared_ranks(std::vector{std::nan(""), 1.0, never}), ElementsAre(2.5, 1, 2.5));
}

TEST(mean_ranks, go_by_the_median_cost_on_each_problem_and_tell_how_firm_they_are) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    for (const char* problem : {"beale", "booth"}) {
      const auto add = [&](const char* optimizer, std::optional<double> steps) {
        trials.push_back(
            make({.optimizer = optimizer, .repetition = i, .target_steps = steps, .problem = problem}));
      };
      const double slow_once = i == 0 ? 60 : 10;
      add("adam", slow_once);
      add("sgd", 40);
      add("nag", std::nullopt);
    }
    trials.push_back(make({.optimizer = "lion", .repetition = i, .target_steps = 1}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.ranks.size(), 3U) << "lion was run on one of the problems";
  EXPECT_EQ(compared.ranks[0].optimizer, "adam");
  EXPECT_THAT(compared.ranks[0].ranks, ElementsAre(1, 1));
  EXPECT_EQ(compared.ranks[0].mean, 1);
  EXPECT_EQ(compared.ranks[1].mean, 2);
  EXPECT_EQ(compared.ranks[2].mean, 3);
  // Three or more of five draws find the slow one with a chance of 5.8 % on each problem: on one of them at
  // least in 11 %, on both in .3 %.
  EXPECT_EQ(compared.ranks[0].range.lower, 1);
  EXPECT_EQ(compared.ranks[0].range.upper, 1.5);
  EXPECT_EQ(compared.ranks[2].range.lower, 3) << "who never meets the target is last in every sample";
  EXPECT_EQ(compared.ranks[2].range.upper, 3);
}

TEST(mean_ranks, need_five_repetitions_for_an_interval) {
  std::vector<stored_trial> trials;
  for (const char* problem : {"beale", "booth"}) {
    trials.push_back(make({.optimizer = "adam", .target_steps = 10, .problem = problem}));
    trials.push_back(make({.optimizer = "sgd", .target_steps = 40, .problem = problem}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.ranks.size(), 2U);
  EXPECT_EQ(compared.ranks[0].mean, 1);
  EXPECT_TRUE(std::isnan(compared.ranks[0].range.lower));
}

TEST(profile, gives_multiples_of_the_best_expected_time) {
  const comparison compared =
      compare({make({.optimizer = "adam", .target_steps = 10}),
               make({.optimizer = "sgd", .target_steps = 40}), make({.optimizer = "nag"})});
  ASSERT_EQ(compared.profile.size(), 3U);
  EXPECT_THAT(compared.profile[0].ratios, ElementsAre(1));
  EXPECT_THAT(compared.profile[1].ratios, ElementsAre(4));
  EXPECT_TRUE(std::isinf(compared.profile[2].ratios[0]));
  EXPECT_THAT(compared.profile_taus, IsEmpty()) << "one repetition tells of no band";
}

/// Of an optimizer's share at a ratio: the lower and the upper end of its band.
std::pair<double, double> band(const comparison& compared, std::size_t optimizer, double tau) {
  const auto at = std::ranges::upper_bound(compared.profile_taus, tau) - compared.profile_taus.begin();
  const interval& found = compared.profile[optimizer].bands.at(static_cast<std::size_t>(at - 1));
  return {found.lower, found.upper};
}

TEST(profile, has_a_band_of_what_other_repetitions_would_have_shown) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(make({.optimizer = "adam", .repetition = i, .target_steps = 10}));
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .target_steps = i < 3 ? 5 : 20}));
    trials.push_back(make({.optimizer = "nag", .repetition = i}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.profile.size(), 3U);
  ASSERT_EQ(compared.profile[0].bands.size(), compared.profile_taus.size());
  // Five draws find k of sgd's slow trials with the binomial chances of 2/5, and cost 5 + 3 k steps then:
  // that is within tau of adam's 10 but for k of 2 to 5 (66 %) at 1, of 4 or 5 (8.7 %) up to 1.7, of 5 alone
  // (1 %) up to 2.
  EXPECT_THAT(band(compared, 1, 1), Pair(0, 1));
  EXPECT_THAT(band(compared, 1, 1.65), Pair(0, 1));
  EXPECT_THAT(band(compared, 1, 1.95), Pair(1, 1));
  // adam is behind by 10 / 8 with k of 1 (26 %), by 10 / 5 with 0 (7.8 %).
  EXPECT_THAT(band(compared, 0, 1.95), Pair(0, 1));
  EXPECT_THAT(band(compared, 0, 2.05), Pair(1, 1));
  EXPECT_THAT(band(compared, 2, 2.3), Pair(0, 0)) << "who never meets the target has no share in any sample";
}

TEST(profile, has_a_band_of_95_percent) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(make({.optimizer = "adam", .repetition = i, .target_steps = 10}));
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .target_steps = i == 0 ? 10 : 20}));
    trials.push_back(make({.optimizer = "nag", .repetition = i, .target_steps = i == 0 ? 20 : 10}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.profile.size(), 3U);
  // Five draws find sgd's fast trial k times with the binomial chances of 1/5, and cost 20 - 2 k steps then:
  // within 1.5 of adam's 10 for k of 3 or more (5.8 %), within 1.3 for 4 or more (.7 %). nag is its mirror.
  EXPECT_THAT(band(compared, 1, 1.3), Pair(0, 0));
  EXPECT_THAT(band(compared, 1, 1.5), Pair(0, 1));
  EXPECT_THAT(band(compared, 2, 1.5), Pair(0, 1));
  EXPECT_THAT(band(compared, 2, 1.7), Pair(1, 1));
}

}  // namespace
}  // namespace ravine
