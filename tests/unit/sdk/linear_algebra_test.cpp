#include <ravine/linear_algebra.hpp>
#include <ravine/products.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::HasSubstr;

template <class T>
std::span<T> all(std::vector<T>& elements) {
  return elements;
}

template <class T>
void expect_close(const std::vector<T>& found, const std::vector<T>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  const T tolerance = 16 * std::numeric_limits<T>::epsilon();
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << "element " << i;
  }
}

template <class T>
std::vector<T> product(const matrix_factor<T>& a, const matrix_factor<T>& b) {
  std::vector<T> c(a.rows * b.columns);
  multiply(a, b, all(c));
  return c;
}

TEST(products, have_the_size_of_the_largest_element_and_pass_over_no_nan) {
  const auto largest_of = [](std::vector<float> all) { return largest(std::span<const float>(all)); };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(largest_of({}), 0);
  EXPECT_EQ(largest_of({1, -3, 2}), 3);
  EXPECT_EQ(largest_of({1, -std::numeric_limits<float>::infinity()}),
            std::numeric_limits<double>::infinity());
  for (const std::vector<float>& all : {std::vector{nan}, {nan, 1, 2}, {1, nan, 2}, {1, 2, nan}}) {
    EXPECT_TRUE(std::isnan(largest_of(all)));
  }
}

template <class T>
struct linear_algebra : ::testing::Test {};
using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(linear_algebra, element_types);

TYPED_TEST(linear_algebra, multiplies_factors_and_their_transposes) {
  std::vector<TypeParam> a{1, 2, 3, 4, 5, 6}, b{1, 0, 2, 0, 1, 1}, c{10, 20, 30, 40};  // 2 x 3, 3 x 2
  multiply(matrix(all(a), 3), matrix(all(b), 2), all(c), 2, TypeParam{0.5});
  expect_close(c, {21, 16, 55, 32});
  expect_close(product(matrix(all(a), 3), matrix(all(b), 2)), {8, 3, 20, 6});
  expect_close(product(transposed(all(a), 3), matrix(all(a), 3)), {17, 22, 27, 22, 29, 36, 27, 36, 45});
  expect_close(product(matrix(all(a), 3), transposed(all(a), 3)), {14, 32, 32, 77});
}

TYPED_TEST(linear_algebra, multiplies_by_the_transpose_into_both_halves) {
  const std::vector<TypeParam> a{1, 2, 3, 4, 5, 6};
  std::vector<TypeParam> rows(4, 1), columns(9);
  multiply_by_transpose(matrix(std::span(a), 3), std::span(rows), TypeParam(2), TypeParam(10));
  EXPECT_EQ(rows, (std::vector<TypeParam>{38, 74, 74, 164})) << "2 a a' + 10";
  multiply_by_transpose(transposed(std::span(a), 3), std::span(columns));
  EXPECT_EQ(columns, (std::vector<TypeParam>{17, 22, 27, 22, 29, 36, 27, 36, 45})) << "a' a";
}

TYPED_TEST(linear_algebra, finds_eigenvectors_as_rows_by_ascending_eigenvalues) {
  std::vector<TypeParam> a{2, 1, 1, 2}, values(2);
  eigh(all(a), all(values));
  expect_close(values, {1, 3});
  const TypeParam r = std::sqrt(TypeParam{0.5});
  const TypeParam sign0 = a[0] > 0 ? TypeParam{1} : TypeParam{-1},
                  sign1 = a[2] > 0 ? TypeParam{1} : TypeParam{-1};
  expect_close(a, {sign0 * r, -sign0 * r, sign1 * r, sign1 * r});
}

TYPED_TEST(linear_algebra, takes_the_symmetric_square_root) {
  const std::vector<TypeParam> a{5, 4, 4, 5};  // of (2 1; 1 2)
  std::vector<TypeParam> root(4);
  square_root<TypeParam>(a, root);
  expect_close(root, {2, 1, 1, 2});
  const std::vector<TypeParam> flat{1, 1, 1, 1};  // a direction of length 0 gets the root of the precision
  square_root<TypeParam>(flat, root);
  const TypeParam least = std::sqrt(2 * std::numeric_limits<TypeParam>::epsilon());
  expect_close(root, {(std::sqrt(TypeParam{2}) + least) / 2, (std::sqrt(TypeParam{2}) - least) / 2,
                      (std::sqrt(TypeParam{2}) - least) / 2, (std::sqrt(TypeParam{2}) + least) / 2});
}

TYPED_TEST(linear_algebra, orthonormalises_columns) {
  std::vector<TypeParam> a{3, 1, 4, 2, 0, 5};  // 3 x 2; |first column| = 5
  orthonormalise(all(a), 2);
  expect_close(product(transposed(all(a), 2), matrix(all(a), 2)), {1, 0, 0, 1});
  expect_close<TypeParam>({std::abs(a[0]), std::abs(a[2]), a[4]}, {TypeParam(0.6), TypeParam(0.8), 0});
}

TYPED_TEST(linear_algebra, takes_the_lower_cholesky_factor) {
  std::vector<TypeParam> a{4, 2, 2, 10};
  cholesky(all(a), 2);
  expect_close(a, {2, 0, 1, 3});
}

TYPED_TEST(linear_algebra, solves_an_unsymmetric_system) {
  std::vector<TypeParam> a{0, 2, 3, 4}, b{6, 18};  // x = (2, 3)
  solve(all(a), all(b));
  expect_close(b, {2, 3});
}

TYPED_TEST(linear_algebra, decomposes_a_wide_matrix_by_singular_values) {
  const std::vector<TypeParam> original{3, 0, 4, 0, 2, 0};  // 2 x 3: singular values 5 and 2
  std::vector<TypeParam> a = original;
  auto found = svd(all(a), 3);
  expect_close(found.values, {5, 2});
  for (std::size_t i = 0; i < 4; ++i) found.u[i] *= found.values[i % 2];
  expect_close(product(matrix(all(found.u), 2), matrix(all(found.vt), 3)), original);
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
  return "nothing was thrown";
}

TEST(linear_algebra, says_what_does_not_fit) {
  std::vector<double> a{1, 2, 2, 1}, three(3);
  EXPECT_EQ(message_of([&] { eigh(all(a), all(three)); }), "eigh: the matrix has 4 elements, expected 9");
  EXPECT_THAT(message_of([&] { cholesky(all(a), 2); }), HasSubstr("not positive definite"));
  std::vector<double> singular{1, 2, 2, 4}, b{1, 1};
  EXPECT_THAT(message_of([&] { solve(all(singular), all(b)); }), HasSubstr("singular"));
  EXPECT_THAT(message_of([&] { orthonormalise(all(three), 3); }), HasSubstr("give the transpose"));
}

}  // namespace
}  // namespace ravine
