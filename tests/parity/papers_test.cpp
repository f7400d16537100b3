#include "parity_support.hpp"

#include <gtest/gtest.h>

// The paths were made in numpy from the papers' formulas: see papers.py.

namespace ravine {
namespace {

TEST(papers, optimizers_follow_the_formulas_of_their_papers) {
  EXPECT_GE(testing::compare_with_paths("papers.json"), 35U);
}

}  // namespace
}  // namespace ravine
