#include "plugins/models/sparse_rows.hpp"

#include "unit/plugins/model_support.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;

/// rows x columns, of which every `step`th element is not zero.
template <class T>
std::vector<T> with_zeros(std::size_t rows, std::size_t columns, std::size_t step) {
  std::vector<T> x = random_numbers<T>(rows * columns, 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i % step != 0) x[i] = 0;
  }
  return x;
}

/// The products of the lists against those of plain loops, for sizes that fill vectors and that do not.
template <class T>
void expect_exact_products(std::size_t rows, std::size_t columns, std::size_t n) {
  const std::vector<T> x = with_zeros<T>(rows, columns, 5);
  const std::vector<T> w = random_numbers<T>(columns * n, 1, 2), b = random_numbers<T>(n, 1, 3);
  const std::vector<T> dy = random_numbers<T>(rows * n, 1, 4);
  sparse_rows<T> sparse(rows, columns);
  ASSERT_TRUE(sparse.take(x, rows));
  std::vector<T> y(rows * n), dw(columns * n), z(rows * n);
  sparse.times(w, b, y);
  sparse.transposed_times(dy, dw);
  std::vector<T> turned(n * columns);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t k = 0; k < n; ++k) turned[k * columns + c] = w[c * n + k];
  }
  sparse.times_transposed(turned, z);
  const T rounding = sizeof(T) == 4 ? static_cast<T>(1e-4) : static_cast<T>(1e-12);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t k = 0; k < n; ++k) {
      double sum = b[k];
      for (std::size_t c = 0; c < columns; ++c) sum += static_cast<double>(x[r * columns + c]) * w[c * n + k];
      EXPECT_NEAR(y[r * n + k], sum, rounding) << rows << " x " << columns << " x " << n;
      EXPECT_NEAR(z[r * n + k], sum - b[k], rounding) << rows << " x " << columns << " x " << n;
    }
  }
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t k = 0; k < n; ++k) {
      double sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += static_cast<double>(x[r * columns + c]) * dy[r * n + k];
      EXPECT_NEAR(dw[c * n + k], sum, rounding) << rows << " x " << columns << " x " << n;
    }
  }
}

TEST(sparse_rows, have_the_products_of_what_they_list) {
  for (const std::size_t n : {1U, 10U, 16U, 33U, 128U, 300U}) {
    expect_exact_products<float>(7, 50, n);
    expect_exact_products<double>(7, 50, n);
  }
  for (const std::size_t rows : {63U, 64U, 65U, 129U}) {  // a block, with one less and one more
    expect_exact_products<float>(rows, rows, 40);
    expect_exact_products<double>(rows, 2 * rows, 130);
  }
  expect_exact_products<double>(1, 4, 3);
  expect_exact_products<double>(64, 11, 5);
}

TEST(sparse_rows, keep_nothing_of_the_batch_before) {
  sparse_rows<double> sparse(3, 20);
  const std::vector<double> w = random_numbers<double>(80, 1), b(4);
  std::vector<double> first(12), again(12), short_batch(8);
  ASSERT_TRUE(sparse.take(with_zeros<double>(3, 20, 7), 3));
  sparse.times(w, b, first);
  ASSERT_TRUE(sparse.take(with_zeros<double>(2, 20, 4), 2));
  sparse.times(w, b, short_batch);
  ASSERT_TRUE(sparse.take(with_zeros<double>(3, 20, 7), 3));
  sparse.times(w, b, again);
  EXPECT_EQ(again, first);
}

TEST(sparse_rows, leave_a_dense_batch_to_others) {
  sparse_rows<float> sparse(4, 10);
  EXPECT_FALSE(sparse.take(random_numbers<float>(40, 1), 4));
  EXPECT_TRUE(sparse.empty());
  std::vector<float> x = with_zeros<float>(4, 10, 2);
  EXPECT_TRUE(sparse.take(x, 4)) << "half of them";
  EXPECT_FALSE(sparse.empty());
  x[1] = 1;
  EXPECT_FALSE(sparse.take(x, 4)) << "one more";
  EXPECT_FALSE(sparse.take(random_numbers<float>(40, 1), 4));
  EXPECT_TRUE(sparse.empty()) << "nothing of the sparse batch is left";
  EXPECT_TRUE(sparse.take(std::vector<float>(40), 4)) << "all zero";
}

TEST(sparse_rows, see_early_that_a_batch_is_dense) {
  std::vector<double> x(1000);  // nine dense rows of a hundred: as a whole it is sparse
  std::fill_n(x.begin(), 9 * 10, 1);
  sparse_rows<double> sparse(100, 10);
  EXPECT_FALSE(sparse.take(x, 100));
  std::fill_n(x.begin() + 70, 20, 0);
  EXPECT_FALSE(sparse.take(x, 100));
  std::ranges::reverse(x);
  EXPECT_TRUE(sparse.take(x, 100)) << "the dense rows at the end";
}

TEST(sparse_rows, without_room_take_nothing) {
  sparse_rows<double> none;
  EXPECT_FALSE(none.take({}, 3));
  EXPECT_TRUE(none.empty());
}

TEST(sparse_rows, carry_the_mlps_gradient) {
  for (const std::size_t examples : {1U, 5U}) {
    model_with_batch<double> mlp("mlp", {{"hidden", std::vector<std::int64_t>{7}}}, examples, 4, {5, 6});
    const std::vector<double> sparse = with_zeros<double>(examples, 30, 5);
    mlp.batch().inputs = sparse.data();
    mlp.params() = random_numbers<double>(mlp.params().size(), 0.7);
    mlp.expect_exact_gradient();
  }
}

/// What rectifiers let through is sparse as well, forwards and backwards.
TEST(sparse_rows, carry_the_gradient_between_hidden_layers) {
  const settings with{{"hidden", std::vector<std::int64_t>{40, 33, 70}}};
  model_with_batch<double> mlp("mlp", with, 70, 4, {5, 6});
  mlp.params() = random_numbers<double>(mlp.params().size(), 0.3);
  for (double& each : mlp.params()) each -= 0.05;  // most units stay silent
  mlp.expect_exact_gradient();
}

}  // namespace
