#include "trial/swinging_door.hpp"

#include "unit/special_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using testing::infinity;
using ::testing::IsSupersetOf;
using testing::not_a_number;
using ::testing::SizeIs;

struct series {
  std::vector<double> steps;
  std::vector<std::vector<double>> points;
};

/// Of one coordinate, with a point at each step.
series at_each_step(const std::vector<double>& values) {
  series all;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all.steps.push_back(static_cast<double>(i));
    all.points.push_back({values[i]});
  }
  return all;
}

/// The ends of the connections: as it is used wherever points are left out. With `saved_at`, another door
/// goes on from what the first one is there.
std::vector<std::size_t> ends_of(const series& all, const std::vector<double>& tolerances,
                                 std::optional<std::size_t> saved_at = {}) {
  swinging_door door(tolerances.size());
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < all.points.size(); ++i) {
    if (saved_at == i) {
      std::vector<double> saved;
      door.save(saved);
      EXPECT_THAT(saved, SizeIs(swinging_door::size(tolerances.size())));
      door = swinging_door(tolerances.size());
      door.restore(saved);
    }
    if (door.passes(all.steps[i], all.points[i], tolerances)) {
      ends.back() = i;
      continue;
    }
    if (i > 0) door.open(all.steps[i - 1], all.points[i - 1], all.steps[i], all.points[i], tolerances);
    ends.push_back(i);
  }
  return ends;
}

/// The greatest distance of a point from where the connections are at its step, in tolerances.
double farthest(const series& all, const std::vector<std::size_t>& ends,
                const std::vector<double>& tolerances) {
  double most = 0;
  for (std::size_t end = 1; end < ends.size(); ++end) {
    const std::size_t a = ends[end - 1], b = ends[end];
    for (std::size_t i = a; i <= b; ++i) {
      const double share = (all.steps[i] - all.steps[a]) / (all.steps[b] - all.steps[a]);
      for (std::size_t c = 0; c < tolerances.size(); ++c) {
        const double there = all.points[a][c] + share * (all.points[b][c] - all.points[a][c]);
        most = testing::larger(most, std::abs(all.points[i][c] - there) / tolerances[c]);
      }
    }
  }
  return most;
}

/// Steps of one to three, and normal increments of the size given, of which `held` of a hundred are 0.
series random_walk(std::mt19937_64& random, std::size_t coordinates, double size, int held) {
  std::normal_distribution<double> increment(0, size);
  series all;
  std::vector<double> at(coordinates, 1);
  double step = 0;
  for (int i = 0; i < 2000; ++i) {
    all.steps.push_back(step);
    all.points.push_back(at);
    step += 1 + static_cast<double>(random() % 3);
    if (static_cast<int>(random() % 100) < held) continue;
    for (double& each : at) each += increment(random);
  }
  return all;
}

TEST(swinging_door, keeps_every_point_of_a_random_walk_within_its_tolerance) {
  std::mt19937_64 random(1);
  for (const std::size_t coordinates : {1U, 2U, 5U}) {
    for (const double size : {0.001, 0.1, 1.0, 100.0}) {
      for (const int held : {0, 50, 95}) {
        const series all = random_walk(random, coordinates, size, held);
        std::vector<double> tolerances(coordinates);
        for (std::size_t c = 0; c < coordinates; ++c) tolerances[c] = 0.5 * static_cast<double>(c + 1);
        const auto ends = ends_of(all, tolerances);
        EXPECT_LE(farthest(all, ends, tolerances), 1 + 1e-9) << coordinates << ", " << size << ", " << held;
        EXPECT_EQ(ends.front(), 0U);
        EXPECT_EQ(ends.back(), all.points.size() - 1);
        if (size < 0.1) {
          EXPECT_LT(ends.size(), 20U);
        }
        if (size > 10 && held == 0) {
          EXPECT_GT(ends.size(), 1900U);
        }
      }
    }
  }
}

TEST(swinging_door, connects_the_ends_of_what_is_straight) {
  EXPECT_THAT(ends_of(at_each_step({1, 2, 3, 4, 5}), {0.1}), ElementsAre(0, 4));
  EXPECT_THAT(ends_of(at_each_step({1, 2, 3, 2, 1, 0}), {0.1}), ElementsAre(0, 2, 5));
}

TEST(swinging_door, takes_repeated_points_for_one_connection) {
  EXPECT_THAT(ends_of(at_each_step(std::vector<double>(1000, 7.25)), {0.1}), ElementsAre(0, 999));
  EXPECT_THAT(ends_of(at_each_step(std::vector<double>(1000, 7.25)), {0}), ElementsAre(0, 999));
  std::vector<double> stairs(1000, 1.0);
  stairs.resize(2000, 2.0);
  EXPECT_THAT(ends_of(at_each_step(stairs), {0.1}), ElementsAre(0, 999, 1000, 1999));
}

TEST(swinging_door, without_a_tolerance_leaves_out_only_what_lies_on_the_line) {
  EXPECT_THAT(ends_of(at_each_step({0, 0.5, 1, 1.5, 2, 2, 2, 1}), {0}), ElementsAre(0, 4, 6, 7));
  std::mt19937_64 random(2);
  const series walk = random_walk(random, 2, 1, 0);
  EXPECT_THAT(ends_of(walk, {0, 0}), SizeIs(walk.points.size()));
}

TEST(swinging_door, of_a_single_point_is_that_point) {
  EXPECT_THAT(ends_of(at_each_step({3}), {0.1}), ElementsAre(0));
  EXPECT_THAT(ends_of({}, {0.1}), SizeIs(0));
  EXPECT_THAT(ends_of(at_each_step({3, 8}), {0.1}), ElementsAre(0, 1));
}

TEST(swinging_door, leaves_out_no_point_that_is_not_finite_and_goes_on_after_it) {
  for (const double wild : {not_a_number, infinity, -infinity}) {
    const auto one = ends_of(at_each_step({1, 1, 1, wild, 1, 1, 1, 1}), {0.1});
    EXPECT_THAT(one, IsSupersetOf({0, 2, 3, 4, 7})) << wild;
    EXPECT_LE(one.size(), 6U);
    const auto several = ends_of(at_each_step({1, 1, wild, wild, wild, 1, 1, 1, 1, 1}), {0.1});
    EXPECT_THAT(several, IsSupersetOf({0, 1, 2, 3, 4, 5, 9})) << wild;
    EXPECT_LE(several.size(), 8U);
    EXPECT_THAT(ends_of(at_each_step({wild, wild, wild}), {0.1}), ElementsAre(0, 1, 2)) << wild;
    EXPECT_THAT(ends_of(at_each_step({wild, 1, 1, 1, 1}), {0.1}), IsSupersetOf({0, 1, 4}));
  }
}

TEST(swinging_door, goes_by_each_coordinate) {
  series all;
  for (int i = 0; i < 100; ++i) {
    all.steps.push_back(i);
    all.points.push_back({static_cast<double>(i), i < 50 ? 0.0 : 1.0});
  }
  EXPECT_THAT(ends_of(all, {0.1, 0.1}), ElementsAre(0, 49, 50, 99));
  EXPECT_THAT(ends_of(all, {0.1, 2}), ElementsAre(0, 99));
}

TEST(swinging_door, goes_on_from_its_numbers) {
  std::mt19937_64 random(3);
  const series walk = random_walk(random, 3, 0.1, 20);
  const std::vector<double> tolerances{0.5, 1, 2};
  const auto expected = ends_of(walk, tolerances);
  for (const std::size_t at : {1U, 2U, 500U, 1500U}) EXPECT_EQ(ends_of(walk, tolerances, at), expected) << at;
}

}  // namespace
}  // namespace ravine
