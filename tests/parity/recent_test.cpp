#include "parity_support.hpp"

#include <gtest/gtest.h>

// Optimizers of 2018 to 2024, and wrappers. The paths were made in numpy from the papers' formulas: see
// recent.py.

namespace ravine {
namespace {

TEST(recent, optimizers_follow_the_formulas_of_their_papers) {
  EXPECT_GE(testing::compare_with_paths("recent.json"), 60U);
}

TEST(recent, wrappers_follow_the_formulas_of_their_papers) {
  EXPECT_GE(testing::compare_with_paths("wrappers.json"), 85U);
}

}  // namespace
}  // namespace ravine
