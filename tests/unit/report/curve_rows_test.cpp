#include "report/curve_rows.hpp"

#include "report/report_document.hpp"
#include "unit/compare/compare_support.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

/// So many rows, each with what `measured` says of it.
template <class Measured>
std::vector<evaluation> curve_of(std::size_t count, Measured measured) {
  std::vector<evaluation> curve(count);
  for (std::size_t row = 0; row < count; ++row) {
    curve[row].at.steps = row;
    for (const char* metric : measured(row)) curve[row].metrics[metric] = static_cast<double>(row);
  }
  return curve;
}

using names = std::vector<const char*>;

std::vector<std::size_t> rows_with(const std::vector<evaluation>& curve, const std::string& metric) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < curve.size(); ++row) {
    if (curve[row].metrics.contains(metric)) rows.push_back(row);
  }
  return rows;
}

std::size_t how_many_of(const std::vector<std::size_t>& wanted, const std::vector<std::size_t>& kept) {
  return static_cast<std::size_t>(
      std::ranges::count_if(wanted, [&](std::size_t row) { return std::ranges::binary_search(kept, row); }));
}

TEST(curve_rows, are_all_of_a_short_curve) {
  EXPECT_THAT(curve_rows(curve_of(4, [](auto) { return names{"loss"}; }), 4), ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(curve_rows({}, 4).empty());
}

TEST(curve_rows, are_the_first_ones_and_evenly_spaced_ones_of_a_long_curve) {
  EXPECT_THAT(curve_rows(curve_of(20, [](auto) { return names{"loss"}; }), 8),
              ElementsAre(0, 1, 2, 3, 4, 8, 12, 16, 19));
  EXPECT_THAT(curve_rows(curve_of(20, [](auto) { return names{}; }), 8), ElementsAre(0, 19));
}

TEST(curve_rows, keep_every_row_of_what_is_measured_rarely) {
  const auto curve = curve_of(20'000, [](std::size_t row) {
    if (row % 500 == 333) return names{"hessian_eigenvalue", "update_cosine"};
    return row == 19'000 ? names{"loss", "test_accuracy"} : names{"loss"};
  });
  const auto kept = curve_rows(curve, 1024);
  EXPECT_THAT(kept, IsSupersetOf(rows_with(curve, "hessian_eigenvalue")));
  EXPECT_TRUE(std::ranges::binary_search(kept, 19'000U));
  EXPECT_GT(how_many_of(rows_with(curve, "loss"), kept), 900U);
  EXPECT_LE(kept.size(), 1030U);
}

TEST(curve_rows, have_enough_of_a_metric_that_every_so_many_th_row_has) {
  for (const std::size_t period : {2U, 5U, 7U, 10U, 32U}) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, period - 1}) {
      const auto curve = curve_of(10'000, [&](std::size_t row) {
        return row % period == offset ? names{"loss", "test_loss"} : names{"loss"};
      });
      const auto kept = curve_rows(curve, 512);
      EXPECT_GT(how_many_of(rows_with(curve, "test_loss"), kept), 150U) << period << ", " << offset;
      EXPECT_GT(how_many_of(rows_with(curve, "loss"), kept), 350U);
      EXPECT_LE(kept.size(), 516U);
    }
  }
}

TEST(curve_rows, are_those_of_the_next_repetition_though_a_metric_has_gaps) {
  const auto curve_with_gap = [](std::size_t gap) {
    return curve_of(5000, [&](std::size_t row) {
      return row % gap == 0 ? names{"hessian_eigenvalue"}
                            : names{"hessian_eigenvalue", "gradient_noise_scale"};
    });
  };
  const auto kept = curve_rows(curve_with_gap(17), 256);
  EXPECT_EQ(curve_rows(curve_with_gap(23), 256), kept);
  EXPECT_GT(how_many_of(rows_with(curve_with_gap(17), "gradient_noise_scale"), kept), 200U);
}

TEST(curve_rows, stay_bounded_with_more_metrics_than_there_is_room_for) {
  std::vector<evaluation> curve(3000);
  for (std::size_t row = 0; row < curve.size(); ++row) {
    curve[row].at.steps = row;
    curve[row].metrics["own" + std::to_string(row % 300)] = 1;
  }
  const auto kept = curve_rows(curve, 128);
  EXPECT_LE(kept.size(), 2U * 128 + 2);
  EXPECT_EQ(kept.front(), 0U);
  EXPECT_EQ(kept.back(), 2999U);
}

TEST(report_document, draws_the_curvature_of_a_long_curve_at_each_of_its_rows) {
  stored_trial trial = testing::make({});
  trial.result.evaluations = curve_of(
      6001, [](std::size_t row) { return row % 50 == 7 ? names{"hessian_eigenvalue"} : names{"loss"}; });
  // As it is read: what is not a number is written as null.
  const auto document =
      nlohmann::json::parse(report_document({{"made.db", {}, {std::move(trial)}}}, registry()).dump());
  const auto& curve = document["problems"][0]["trials"][0][0]["curve"];
  std::vector<int> steps;
  for (std::size_t row = 0; row < curve["step"].size(); ++row) {
    const auto& value = curve["metrics"]["hessian_eigenvalue"][row];
    if (value.is_null()) continue;
    EXPECT_EQ(value, curve["step"][row]);
    steps.push_back(curve["step"][row]);
  }
  ASSERT_EQ(steps.size(), 120U);
  for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i], 50 * static_cast<int>(i) + 7);
}

}  // namespace
}  // namespace ravine
