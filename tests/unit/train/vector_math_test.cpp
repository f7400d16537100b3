#include "train/vector_math.hpp"

#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

template <class T>
struct vector_math : ::testing::Test {};
using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(vector_math, element_types);

TYPED_TEST(vector_math, sees_what_is_not_finite_wherever_it_is) {
  using limits = std::numeric_limits<TypeParam>;
  for (const std::size_t size : {1U, 15U, 16U, 33U, 100U}) {
    for (std::size_t place = 0; place < size; ++place) {
      std::vector<TypeParam> x(size, TypeParam{1});
      for (const TypeParam wrong :
           {limits::infinity(), -limits::infinity(), limits::quiet_NaN(), -limits::signaling_NaN()}) {
        x[place] = wrong;
        EXPECT_FALSE(all_finite(x)) << wrong << " at " << place << " of " << size;
      }
      for (const TypeParam right :
           {limits::max(), limits::lowest(), limits::min(), limits::denorm_min(), -TypeParam{0}}) {
        x[place] = right;
        EXPECT_TRUE(all_finite(x)) << right << " at " << place << " of " << size;
      }
    }
  }
  EXPECT_TRUE(all_finite(std::vector<TypeParam>{}));
}

}  // namespace
}  // namespace ravine
