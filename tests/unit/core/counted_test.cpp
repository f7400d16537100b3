#include "core/counted.hpp"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace ravine {
namespace {

TEST(counted, digits_are_in_threes) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(10'200), "10,200");
  EXPECT_EQ(count_text(123'456), "123,456");
  EXPECT_EQ(count_text(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(counted, one_alone_has_no_plural) {
  EXPECT_EQ(counted(1, "trial"), "1 trial");
  EXPECT_EQ(counted(0, "pair"), "0 pairs");
  EXPECT_EQ(counted(10'200, "trial"), "10,200 trials");
}

}  // namespace
}  // namespace ravine
