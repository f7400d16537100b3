#include "core/nearest.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

const std::vector<std::string> names{"epochs", "steps"};

TEST(expected_name, is_the_one_that_was_probably_meant) {
  EXPECT_EQ(did_you_mean("epoch", names), "; did you mean epochs?");
  EXPECT_EQ(expected_name("epoch", names), "; did you mean epochs?");
}

TEST(expected_name, is_one_of_all_where_none_is_near) {
  EXPECT_EQ(did_you_mean("seconds", names), "");
  EXPECT_EQ(expected_name("seconds", names), "; expected one of: epochs, steps");
  EXPECT_EQ(expected_name("seconds", names, "it has"), "; it has epochs, steps");
  EXPECT_EQ(expected_name("seconds", {}), "");
}

}  // namespace
}  // namespace ravine
