#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

/// What makes an instance of a bbob function: COCO's random numbers, and the rotations, the optimum and the
/// minimum that are drawn with them (Hansen, Finck, Ros & Auger 2009, INRIA RR-6829; COCO fixes the seeds).
namespace ravine::bbob {

/// The largest dimension, as in COCO.
inline constexpr std::size_t most_dimensions = 40;

/// Park & Miller's minimal standard generator (1988, doi:10.1145/63039.63042), shuffled by a table of 32 as
/// Bays & Durham do (1976, doi:10.1145/355666.355670).
class shuffled_generator {
 public:
  explicit shuffled_generator(std::int64_t seed) : state_(seed) {
    for (int i = 0; i < 8; ++i) advance();
    std::generate(table_.rbegin(), table_.rend(), [this] { return advance(); });
    last_ = table_.front();
  }

  /// Even over (0, 1).
  double operator()() {
    const std::int64_t fresh = advance();
    last_ = std::exchange(table_[static_cast<std::size_t>(last_ / 67'108'865)], fresh);
    return static_cast<double>(last_) / static_cast<double>(modulus);
  }

 private:
  static constexpr std::int64_t modulus = 2'147'483'647;

  std::int64_t advance() { return state_ = 16'807 * state_ % modulus; }

  std::int64_t state_;
  std::int64_t last_;
  std::array<std::int64_t, 32> table_;
};

inline std::vector<double> uniform_numbers(std::size_t count, std::int64_t seed) {
  std::vector<double> drawn(count);
  std::generate(drawn.begin(), drawn.end(), shuffled_generator(seed));
  return drawn;
}

/// By Box & Muller's cosine: all radii are drawn before the angles.
inline std::vector<double> normal_numbers(std::size_t count, std::int64_t seed) {
  const std::vector<double> even = uniform_numbers(2 * count, seed);
  std::vector<double> drawn(count);
  for (std::size_t i = 0; i < count; ++i) {
    drawn[i] = std::sqrt(-2 * std::log(even[i])) * std::cos(2 * std::numbers::pi * even[count + i]);
  }
  return drawn;
}

/// The order in which the numbers rise: at k, the place of the k-th lowest.
inline std::vector<std::size_t> rising(const std::vector<double>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return numbers[i]; });
  return order;
}

/// A square matrix, row by row.
struct matrix {
  explicit matrix(std::size_t rows) : n(rows), elements(rows * rows) {}

  double& operator()(std::size_t row, std::size_t column) { return elements[row * n + column]; }
  double operator()(std::size_t row, std::size_t column) const { return elements[row * n + column]; }

  std::size_t n;
  std::vector<double> elements;
};

/// An orthogonal matrix: normal numbers, column by column, made orthonormal by Gram & Schmidt.
inline matrix rotation(std::size_t n, std::int64_t seed) {
  std::vector<double> columns = normal_numbers(n * n, seed);
  const auto product = [n](const double* a, const double* b) {
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += a[k] * b[k];
    return sum;
  };
  matrix made(n);
  for (std::size_t i = 0; i < n; ++i) {
    double* const column = columns.data() + i * n;
    for (const double* before = columns.data(); before != column; before += n) {
      const double along = product(column, before);
      for (std::size_t k = 0; k < n; ++k) column[k] -= along * before[k];
    }
    const double length = std::sqrt(product(column, column));
    for (std::size_t k = 0; k < n; ++k) made(k, i) = column[k] /= length;
  }
  return made;
}

/// In [-4, 4), to four digits, and never 0.
inline std::vector<double> optimum_location(std::size_t n, std::int64_t seed) {
  std::vector<double> x = uniform_numbers(n, seed);
  for (double& each : x) {
    each = 8 * std::floor(1e4 * each) / 1e4 - 4;
    if (each == 0) each = -1e-5;
  }
  return x;
}

/// Seed of an instance. The two functions of Rastrigin's that are separable share it, and so do the two of
/// Schaffers'.
inline std::int64_t seed_of(int function, std::int64_t instance) {
  const int family = function == 4 ? 3 : function == 18 ? 17 : function;
  return family + 10'000 * instance;
}

/// f*: a quotient of normal numbers, to two digits and within 1000.
inline double minimum_of(int function, std::int64_t instance) {
  const std::int64_t seed = seed_of(function, instance);
  const double quotient = normal_numbers(1, seed)[0] / normal_numbers(1, seed + 1)[0];
  return std::clamp(std::floor(1e4 * quotient + 0.5) / 100, -1000.0, 1000.0);
}

}  // namespace ravine::bbob
