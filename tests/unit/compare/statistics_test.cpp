#include "compare/best_of_k.hpp"
#include "compare/bootstrap.hpp"
#include "compare/holm.hpp"
#include "compare/interquartile_mean.hpp"
#include "compare/paired_difference.hpp"
#include "compare/performance_profile.hpp"
#include "compare/power.hpp"
#include "compare/sensitivity.hpp"
#include "compare/summary.hpp"
#include "compare/time_to_target.hpp"
#include "compare/wilcoxon.hpp"
#include "unit/compare/compare_support.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The numbers of reference.json were made by scipy and numpy: see tests/compare/reference.py.

namespace ravine {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::infinity;
using ::testing::Pointwise;
using testing::rounding;
using values = std::vector<double>;

const double nan = std::nan("");

nlohmann::json reference(const char* cases) {
  std::ifstream file(RAVINE_TEST_SOURCE_DIR "/compare/reference.json");
  return nlohmann::json::parse(file).at(cases);
}

MATCHER(agrees, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) <= rounding; }

TEST(summary, agrees_with_numpy) {
  for (const auto& each : reference("descriptions")) {
    const auto given = each.at("values").get<values>();
    EXPECT_THAT(mean(given), DoubleNear(each.at("mean"), rounding));
    EXPECT_THAT(interquartile_mean(given), DoubleNear(each.at("interquartile_mean"), rounding));
    if (given.size() > 1) {
      EXPECT_THAT(standard_deviation(given), DoubleNear(each.at("standard_deviation"), rounding));
    }
    std::size_t i = 0;
    for (const double share : {0.0, 0.025, 0.25, 0.5, 0.9, 1.0}) {
      EXPECT_THAT(quantile(given, share), DoubleNear(each.at("quantiles").at(i++), rounding));
    }
  }
}

TEST(correlation, agrees_with_numpy) {
  for (const auto& each : reference("correlations")) {
    const auto first = each.at("first").get<values>(), second = each.at("second").get<values>();
    EXPECT_THAT(correlation(first, second), DoubleNear(each.at("correlation"), rounding));
  }
  EXPECT_TRUE(std::isnan(correlation(values{1}, values{2})));
  EXPECT_TRUE(std::isnan(correlation(values{1, 2, 3}, values{2, 2, 2})));
  EXPECT_TRUE(std::isnan(correlation(values{1, 2, infinity}, values{1, 2, 3})));
}

TEST(power, takes_as_many_repetitions_as_students_t_and_a_twentieth_more) {
  constexpr double wilcoxon = 1.0471975511965976;  // pi / 3
  for (const auto& each : reference("powers")) {
    const double effect = each.at("effect");
    // Whole numbers on both sides, the formula's own error apart.
    EXPECT_NEAR(pairs_for_power(effect, 1), wilcoxon * each.at("pairs").get<double>(), 1.1) << effect;
    EXPECT_NEAR(repetitions_for_power(-3 * effect, 3), wilcoxon * each.at("repetitions").get<double>(), 1.1)
        << effect;
  }
  EXPECT_EQ(pairs_for_power(100, 1), 6) << "fewer have no p below 0.05";
  EXPECT_EQ(repetitions_for_power(100, 1), 4);
  EXPECT_EQ(pairs_for_power(0, 1), infinity);
  EXPECT_TRUE(std::isnan(pairs_for_power(infinity, nan)));
}

TEST(summary, knows_nothing_of_no_values_or_nan) {
  for (const values& given : {values{}, values{1, nan, 2}}) {
    EXPECT_TRUE(std::isnan(mean(given)));
    EXPECT_TRUE(std::isnan(median(given)));
    EXPECT_TRUE(std::isnan(interquartile_mean(given)));
    EXPECT_TRUE(std::isnan(standard_deviation(given)));
    EXPECT_TRUE(std::isnan(bootstrap_interval(given, sorted_interquartile_mean).lower));
  }
  EXPECT_TRUE(std::isnan(standard_deviation(values{1})));
  EXPECT_EQ(standard_deviation(values{0.1, 0.1, 0.1}), 0) << "not the rounding of the mean";
}

TEST(summary, takes_infinite_values_as_the_largest) {
  EXPECT_EQ(median(values{infinity, 1, 2}), 2);
  EXPECT_EQ(median(values{infinity, 1}), infinity);
  EXPECT_EQ(median(values{infinity, infinity}), infinity);
  EXPECT_EQ(interquartile_mean(values{1, 2, infinity, 3, 4}), 3);
  EXPECT_EQ(interquartile_mean(values{1, infinity, infinity, 3, 4}), infinity);
  EXPECT_TRUE(std::isnan(standard_deviation(values{1, infinity})));
}

TEST(bootstrap, agrees_with_numpy_within_its_own_error) {
  for (const auto& each : reference("bootstraps")) {
    const auto given = each.at("values").get<values>();
    const double spread = standard_deviation(given) / std::sqrt(static_cast<double>(given.size()));
    for (const auto& [name, ends] : each.at("intervals").items()) {
      const auto found =
          bootstrap_interval(given, name == "mean" ? sorted_statistic(mean) : sorted_interquartile_mean);
      // The standard error of a 2.5 % quantile of 10,000 normal draws is 0.027 deviations.
      EXPECT_THAT(found.lower, DoubleNear(ends.at(0), 4 * 0.027 * 1.3 * spread)) << name;
      EXPECT_THAT(found.upper, DoubleNear(ends.at(1), 4 * 0.027 * 1.3 * spread)) << name;
    }
  }
}

TEST(bootstrap, is_the_same_for_the_same_values_in_any_order) {
  const auto one = bootstrap_interval(values{1, 2, 4, 8, 16}, mean);
  const auto other = bootstrap_interval(values{16, 1, 8, 4, 2}, mean);
  EXPECT_EQ(one.lower, other.lower);
  EXPECT_EQ(one.upper, other.upper);
  // Fixed for good: the generator and its use are the same on every machine.
  EXPECT_EQ(one.lower, 2.2);
  EXPECT_EQ(one.upper, 11.4);
  const values many{0.113, 0.29, 0.531, 0.71, 1.17, 1.93, 2.37, 4.79, 8.93, 16.1, 17.9, 23.3};
  EXPECT_NE(bootstrap_interval(many, mean, {10'000, 0.95, 2}).lower,
            bootstrap_interval(many, mean, {10'000, 0.95, 3}).lower);
}

TEST(bootstrap, has_no_width_for_equal_values_and_no_end_for_infinite_ones) {
  EXPECT_EQ(bootstrap_interval(values{3, 3, 3}, mean).lower, 3);
  EXPECT_EQ(bootstrap_interval(values{3}, mean).upper, 3);
  EXPECT_EQ(bootstrap_interval(values{1, 2, infinity}, mean).upper, infinity);
  EXPECT_EQ(bootstrap_interval(values{infinity, infinity}, mean).lower, infinity);
}

TEST(wilcoxon, agrees_with_scipy) {
  for (const auto& each : reference("wilcoxons")) {
    const auto found = wilcoxon_signed_rank(each.at("differences").get<values>());
    EXPECT_THAT(found.statistic, DoubleNear(each.at("statistic"), rounding)) << each;
    EXPECT_THAT(found.p_value, DoubleNear(each.at("p_value"), rounding)) << each;
  }
}

TEST(wilcoxon, sees_the_ties_of_a_thousand_tables_of_accuracies_as_scipy_does) {
  std::size_t split = 0;  // tables in which some tie is not one bit for bit
  for (const auto& each : reference("tied_wilcoxons")) {
    const auto ours = each.at("ours").get<values>();
    const auto theirs = each.at("theirs").get<values>();
    const double size = each.at("of");
    std::map<double, std::set<double>> by_numerator;
    values differences;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      differences.push_back(ours[i] / size - theirs[i] / size);
      by_numerator[std::abs(ours[i] - theirs[i])].insert(std::abs(differences[i]));
    }
    split += std::ranges::any_of(by_numerator, [](const auto& tie) { return tie.second.size() > 1; }) ? 1 : 0;
    EXPECT_THAT(wilcoxon_signed_rank(differences).p_value, DoubleNear(each.at("p_value"), rounding)) << each;
  }
  EXPECT_GT(split, 300U) << "the tables no longer try what they are for";
}

TEST(wilcoxon, ties_sizes_that_differ_by_rounding_and_no_others) {
  const auto statistic = [](const values& differences) {
    return wilcoxon_signed_rank(differences).statistic;
  };
  EXPECT_EQ(statistic({-1, 1 + 5e-10, 3}), 1.5);
  EXPECT_EQ(statistic({-1, 1 + 5e-9, 3}), 1);
  EXPECT_EQ(statistic({-1e-30, 1e-30 * (1 + 5e-10), 3e-30}), 1.5) << "relative to the differences";
  EXPECT_EQ(statistic({1, -1e300, infinity}), 2) << "infinity ties with nothing finite";
  EXPECT_EQ(statistic({1, -infinity, infinity}), 2.5);
}

TEST(wilcoxon, finds_nothing_in_no_difference_and_takes_infinite_ones_as_largest) {
  EXPECT_EQ(wilcoxon_signed_rank(values{}).p_value, 1);
  EXPECT_EQ(wilcoxon_signed_rank(values{0, 0}).p_value, 1);
  EXPECT_EQ(wilcoxon_signed_rank(values{0, 0}).count, 0U);
  EXPECT_TRUE(std::isnan(wilcoxon_signed_rank(values{1, nan}).p_value));
  EXPECT_EQ(wilcoxon_signed_rank(values{1, 2, -infinity}).statistic, 3);
  EXPECT_EQ(wilcoxon_signed_rank(values{1, 2, 3, 4, 5}).p_value, 0.0625);
}

TEST(holm, agrees_with_its_definition) {
  for (const auto& each : reference("holms")) {
    EXPECT_THAT(holm_adjusted(each.at("p_values").get<values>()),
                Pointwise(agrees(), each.at("adjusted").get<values>()));
  }
  const auto with_unknown = holm_adjusted(values{0.01, nan, 0.04});
  EXPECT_EQ(with_unknown[0], 0.02);
  EXPECT_TRUE(std::isnan(with_unknown[1]));
  EXPECT_EQ(with_unknown[2], 0.04);
  EXPECT_TRUE(holm_adjusted(values{}).empty());
}

TEST(best_of_k, agrees_with_the_mean_over_all_subsets) {
  for (const auto& each : reference("bests")) {
    const auto scores = each.at("scores").get<values>();
    EXPECT_THAT(expected_best_of_k(scores, direction::lower_is_better),
                Pointwise(agrees(), each.at("lowest").get<values>()));
    EXPECT_THAT(expected_best_of_k(scores, direction::higher_is_better),
                Pointwise(agrees(), each.at("highest").get<values>()));
  }
}

/// Of n equally spaced scores 1 … n the best of k is expected at (n + 1) / (k + 1).
TEST(best_of_k, takes_tens_of_thousands_of_points) {
  constexpr std::size_t n = 40'000;
  values scores(n);
  std::iota(scores.begin(), scores.end(), 1.0);
  const values expected = expected_best_of_k(scores, direction::lower_is_better);
  ASSERT_EQ(expected.size(), n);
  for (const std::size_t k : {1U, 2U, 100U, 20'000U, 39'999U, 40'000U}) {
    const double known = static_cast<double>(n + 1) / static_cast<double>(k + 1);
    EXPECT_NEAR(expected[k - 1], known, 1e-9 * known) << k;
  }
  scores.insert(scores.end(), n, infinity);
  EXPECT_EQ(expected_best_of_k(scores, direction::lower_is_better)[n - 1], infinity)
      << "all of them, perhaps";
  EXPECT_TRUE(std::isfinite(expected_best_of_k(scores, direction::lower_is_better)[n])) << "and now not";
}

/// Of 1,000 scores of 1 and as many that are enormous, 100 are drawn: all of them enormous in one of 1e31
/// cases.
TEST(best_of_k, counts_the_enormous_however_rare_it_is) {
  constexpr std::size_t n = 1000, k = 100;
  constexpr double enormous = 1e200;
  values scores(n, 1);
  scores.insert(scores.end(), n, enormous);
  double chance = 1;
  for (std::size_t i = 0; i < k; ++i) chance *= static_cast<double>(n - i) / static_cast<double>(2 * n - i);
  const double known = chance * enormous;
  EXPECT_NEAR(expected_best_of_k(scores, direction::lower_is_better)[k - 1], known, 1e-9 * known);
}

TEST(best_of_k, is_infinite_while_all_drawn_points_may_have_failed) {
  EXPECT_THAT(expected_best_of_k(values{infinity, 2, infinity}, direction::lower_is_better),
              ElementsAre(infinity, infinity, 2));
  EXPECT_TRUE(std::isnan(expected_best_of_k(values{nan, 1}, direction::lower_is_better)[0]));
  EXPECT_TRUE(expected_best_of_k(values{}, direction::lower_is_better).empty());
}

TEST(expected_running_time, spreads_the_cost_of_failures_over_the_successes) {
  EXPECT_EQ(expected_running_time(values{100, 100, 100}, values{10, 20, nan}), 65);
  EXPECT_EQ(expected_running_time(values{100, 100}, values{nan, nan}), infinity);
  EXPECT_TRUE(std::isnan(expected_running_time(values{}, values{})));
}

TEST(performance_profile, counts_problems_solved_within_a_multiple_of_the_best) {
  EXPECT_THAT(performance_ratios(values{10, 30, infinity, nan}), ElementsAre(1, 3, infinity, infinity));
  EXPECT_THAT(performance_ratios(values{0, 0, 5}), ElementsAre(1, 1, infinity));
  EXPECT_THAT(performance_ratios(values{infinity, infinity}), ElementsAre(infinity, infinity));
  const values ratios{1, 3, infinity, 1.5};
  EXPECT_EQ(profile_at(ratios, 1), 0.25);
  EXPECT_EQ(profile_at(ratios, 1.5), 0.5);
  EXPECT_EQ(profile_at(ratios, infinity), 0.75);
  EXPECT_TRUE(std::isnan(profile_at(values{}, 1)));
}

TEST(paired_difference, counts_wins_and_half_the_ties) {
  const values differences = paired_differences(values{1, 5, infinity, infinity}, values{2, 3, infinity, 7});
  EXPECT_THAT(differences, ElementsAre(-1, 2, 0, infinity));
  EXPECT_EQ(probability_better(differences, better::negative), 1.5 / 4);
  EXPECT_EQ(probability_better(differences, better::positive), 2.5 / 4);
  EXPECT_TRUE(std::isnan(probability_better(values{}, better::positive)));
  EXPECT_TRUE(std::isnan(probability_better(values{1, nan}, better::positive)));
}

TEST(paired_difference, is_none_where_scores_differ_by_rounding_alone) {
  const double minimum = -19.208502567886732;
  const double last_bit = std::nextafter(minimum, 0);
  EXPECT_THAT(paired_differences(values{minimum, 1e-30, 0, 1}, values{last_bit, 2e-30, 1e-300, infinity}),
              ElementsAre(0, -1e-30, -1e-300, -infinity));
}

TEST(tolerance, spans_the_neighbours_that_are_within_a_share_of_the_best) {
  const values lrs{0.001, 0.01, 0.1, 1, 10};
  const auto low = tolerance(lrs, values{2, 1.04, 1, 1.06, 1.01}, direction::lower_is_better);
  EXPECT_EQ(low.best, 2U);
  EXPECT_EQ(low.lower, 0.01);
  EXPECT_EQ(low.upper, 0.1) << "a good value beyond a bad one does not count";
  EXPECT_THAT(low.decades, DoubleNear(1, rounding));
  const auto high = tolerance(lrs, values{0.5, 0.96, 0.99, 1, nan}, direction::higher_is_better);
  EXPECT_EQ(high.best, 3U);
  EXPECT_EQ(high.lower, 0.01);
  EXPECT_EQ(high.upper, 1);
  const auto below = tolerance(lrs, values{-9, -9.6, -10, -9.4, infinity}, direction::lower_is_better);
  EXPECT_EQ(below.lower, 0.01);
  EXPECT_EQ(below.upper, 0.1);
}

TEST(tolerance, has_no_range_where_everything_failed) {
  EXPECT_TRUE(std::isnan(tolerance(values{1, 2}, values{infinity, nan}, direction::lower_is_better).lower));
  EXPECT_TRUE(std::isnan(tolerance(values{}, values{}, direction::lower_is_better).width));
  EXPECT_TRUE(std::isnan(tolerance(values{0, 1}, values{1, 1}, direction::lower_is_better).decades));
}

}  // namespace
}  // namespace ravine
