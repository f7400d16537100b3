#include <ravine/scalar.hpp>

#include <type_traits>

#include <gtest/gtest.h>

namespace ravine {
namespace {

TEST(scalar, rounds_once_after_arithmetic_in_double) {
  const scalar<float> beta(0.999);
  const float gain = 1 - beta;
  EXPECT_EQ(gain, static_cast<float>(1 - 0.999));
  EXPECT_NE(gain, 1 - 0.999F) << "the difference of rounded numbers";
  const float rate = scalar<float>(1e-3) / (1 - beta * 0.5);
  EXPECT_EQ(rate, static_cast<float>(1e-3 / (1 - 0.999 * 0.5)));
}

TEST(scalar, is_what_it_is_wanted_as) {
  const scalar<float> third(1.0 / 3);
  const float narrow = third;
  const double wide = third;
  EXPECT_EQ(narrow, 1.0F / 3);
  EXPECT_EQ(wide, 1.0 / 3) << "all digits are kept";
  EXPECT_FALSE((std::is_convertible_v<scalar<float>, int>)) << "no digits are lost by accident";
  EXPECT_TRUE((std::is_same_v<decltype(third * 2), scalar<float>>));
}

TEST(scalar, compares_with_numbers) {
  const scalar<float> tenth(0.1);
  EXPECT_TRUE(tenth == 0.1);
  EXPECT_TRUE(tenth != 0);
  EXPECT_TRUE(0 < tenth && tenth < 1 && -tenth >= -0.1);
  EXPECT_TRUE(tenth == scalar<float>(0.1));
}

}  // namespace
}  // namespace ravine
