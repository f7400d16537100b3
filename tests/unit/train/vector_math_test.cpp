#include "train/vector_math.hpp"

#include <cstddef>
#include <limits>
#include <span>
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

TYPED_TEST(vector_math, sees_what_is_beyond_bounds_wherever_it_is) {
  using T = TypeParam;
  std::vector<T> x(37, T{1});
  EXPECT_FALSE(any_beyond(std::span<const T>(x), 1, 1)) << "a bound is within";
  for (T& each : x) {
    each = T(1.5);
    EXPECT_TRUE(any_beyond(std::span<const T>(x), -2, 1.25));
    EXPECT_TRUE(any_beyond(std::span<const T>(x), 1.75, 2) && !any_beyond(std::span<const T>(x), 1, 1.5));
    each = std::numeric_limits<T>::quiet_NaN();
    EXPECT_FALSE(any_beyond(std::span<const T>(x), 0, 2)) << "not a number lies nowhere";
    each = T{1};
  }
}

TYPED_TEST(vector_math, looks_at_all_of_a_long_array) {
  using T = TypeParam;
  constexpr std::size_t block = 32768 / sizeof(T), size = 2 * block + 5;
  std::vector<T> x(size, T{1});
  EXPECT_TRUE(all_finite(x) && !any_beyond(std::span<const T>(x), 0, 2));
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{4}, std::size_t{5}, block + 4, block + 5, size - 1}) {
    x[place] = std::numeric_limits<T>::infinity();
    EXPECT_FALSE(all_finite(x)) << place;
    EXPECT_TRUE(any_beyond(std::span<const T>(x), 0, 2)) << place;
    x[place] = T{1};
  }
}

}  // namespace
}  // namespace ravine
