#include "store/runs.hpp"

#include "core/error.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

// How the steps of a path are written.
namespace ravine {
namespace {

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
