#include "trial/loss_axis.hpp"

#include "unit/special_numbers.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ravine {
namespace {

using testing::infinity;
using testing::not_a_number;

const double decade = std::log2(10);

TEST(loss_axis, is_logarithmic_above_a_known_least_loss) {
  loss_axis axis(2);
  EXPECT_EQ(axis.place(3), 0);
  EXPECT_DOUBLE_EQ(axis.width(), decade) << "below a decade there are only its last digits";
  EXPECT_EQ(axis.place(10), 3);
  EXPECT_DOUBLE_EQ(axis.width(), decade);
  EXPECT_EQ(axis.place(2.0625), -4);
  EXPECT_EQ(axis.width(), 7);
  EXPECT_EQ(axis.lower, -4);
  EXPECT_EQ(axis.upper, 3);
}

TEST(loss_axis, is_linear_where_nobody_knows_the_least_loss) {
  for (const double unknown : {not_a_number, infinity, -infinity}) {
    loss_axis axis(unknown);
    EXPECT_EQ(axis.place(-5), -5);
    EXPECT_GT(axis.width(), 0);
    EXPECT_EQ(axis.place(7), 7);
    EXPECT_EQ(axis.place(0), 0);
    EXPECT_EQ(axis.width(), 12);
  }
}

TEST(loss_axis, has_no_place_for_what_is_not_finite_and_stays_as_it_is) {
  for (const double least : {0.0, not_a_number}) {
    loss_axis axis(least);
    axis.place(1);
    axis.place(64);
    const double width = axis.width();
    for (const double loss : {not_a_number, infinity, -infinity}) EXPECT_TRUE(std::isnan(axis.place(loss)));
    EXPECT_EQ(axis.width(), width);
  }
  EXPECT_TRUE(std::isfinite(loss_axis(0).place(std::numeric_limits<double>::max())));
}

TEST(loss_axis, has_room_above_0_though_all_losses_are_alike_or_there_is_none) {
  for (const double least : {0.0, 3.0, not_a_number}) {
    loss_axis axis(least);
    for (int i = 0; i < 3; ++i) axis.place(3);
    EXPECT_GT(axis.width(), 0) << least;
    EXPECT_TRUE(std::isfinite(axis.width()));
  }
}

/// As rounding makes them.
TEST(loss_axis, has_a_place_at_the_least_loss_and_below_it) {
  for (const double least : {0.0, 1.0, -1e6, 1e300}) {
    loss_axis axis(least);
    const double at = axis.place(least);
    EXPECT_TRUE(std::isfinite(at)) << least;
    EXPECT_EQ(axis.place(std::nextafter(least, -infinity)), at) << least;
  }
}

TEST(loss_axis, ends_1e_32_below_the_largest_excess) {
  loss_axis axis(0);
  EXPECT_EQ(axis.place(0x1p+10), 10);
  EXPECT_EQ(axis.place(0x1p-90), -90);
  EXPECT_EQ(axis.place(0x1p-100), 10 - 106);
  EXPECT_EQ(axis.place(0), 10 - 106);
  EXPECT_EQ(axis.width(), 106);
}

}  // namespace
}  // namespace ravine
