#include "parity_support.hpp"

#include <gtest/gtest.h>

// Wrappers, and optimizers of the last years. The paths were made in numpy from the papers' formulas: see
// recent.py.

namespace ravine {
namespace {

TEST(recent, optimizers_and_wrappers_follow_the_formulas_of_their_papers) {
  EXPECT_GE(testing::compare_with_paths("recent.json"), 42U);
}

}  // namespace
}  // namespace ravine
