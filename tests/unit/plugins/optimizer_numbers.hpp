#pragma once

#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ravine::testing {

/// Worked numbers hold to rounding in float and in double.
template <class T>
struct optimizer_numbers : ::testing::Test {
  /// A few units in the last place of numbers near 1.
  static constexpr double rounding = 8 * static_cast<double>(std::numeric_limits<T>::epsilon());

  static const component& find(const char* id) {
    return shipped_plugins().get(component_kind::optimizer, id);
  }
  static void expect_near(T found, double expected) {
    EXPECT_NEAR(found, expected, rounding * std::max(1.0, std::abs(expected)));
  }
};

using element_types = ::testing::Types<float, double>;

}  // namespace ravine::testing
