#pragma once

#include "bbob_instance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <variant>
#include <vector>

/// The steps from x to the z of which a bbob function is made. Each changes a point in place by `apply`, and
/// by `pull_back` the gradient by its result into the gradient by the point x that it was applied to.
namespace ravine::bbob {

/// A value and its derivative.
struct value_and_slope {
  double value;
  double slope;
};

/// T_osz: breaks the regularity of a function by small waves in log |x|. It has no slope at 0, where it lies
/// between two lines: 1 is answered.
inline value_and_slope oscillated(double x) {
  if (x == 0) return {0, 1};
  const double c1 = x > 0 ? 10 : 5.5, c2 = x > 0 ? 7.9 : 3.1;
  const double h = std::log(std::abs(x));
  const double factor = std::exp(0.049 * (std::sin(c1 * h) + std::sin(c2 * h)));
  return {x * factor, factor * (1 + 0.049 * (c1 * std::cos(c1 * h) + c2 * std::cos(c2 * h)))};
}

/// One coordinate of T_asy: x^(1 + bend sqrt(x)) where x is above 0, else x.
inline value_and_slope skewed(double x, double bend) {
  if (x <= 0) return {x, 1};
  const double root = std::sqrt(x), h = std::log(x);
  const double factor = std::exp(bend * root * h);
  return {x * factor, factor * (1 + bend * root * (1 + h / 2))};
}

/// base^(i / (n - 1)), i from 0.
inline std::vector<double> powers(double base, std::size_t n) {
  std::vector<double> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = std::pow(base, double(i) / double(n - 1));
  return all;
}

/// Lambda^condition, the diagonal matrix that makes a ball's curvatures span that condition number.
inline std::vector<double> conditioning(double condition, std::size_t n) {
  return powers(std::sqrt(condition), n);
}

inline void multiply(const matrix& by, std::span<const double> x, std::span<double> product) {
  for (std::size_t r = 0; r < by.n; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < by.n; ++c) sum += by(r, c) * x[c];
    product[r] = sum;
  }
}

inline void multiply_transposed(const matrix& by, std::span<const double> x, std::span<double> product) {
  std::ranges::fill(product.first(by.n), 0.0);
  for (std::size_t r = 0; r < by.n; ++r) {
    for (std::size_t c = 0; c < by.n; ++c) product[c] += by(r, c) * x[r];
  }
}

/// x - origin
struct shift {
  std::vector<double> origin;

  void apply(std::span<double> x) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= origin[i];
  }
  static void pull_back(std::span<const double>, std::span<double>) {}
};

/// A diagonal matrix.
struct scale {
  std::vector<double> factors;

  void apply(std::span<double> x) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= factors[i];
  }
  void pull_back(std::span<const double>, std::span<double> g) const { apply(g); }
};

struct linear {
  matrix by;

  void apply(std::span<double> x) const {
    std::array<double, most_dimensions> before;
    std::ranges::copy(x, before.begin());
    multiply(by, before, x);
  }
  void pull_back(std::span<const double>, std::span<double> g) const {
    std::array<double, most_dimensions> before;
    std::ranges::copy(g, before.begin());
    multiply_transposed(by, before, g);
  }
};

/// T_osz in each coordinate.
struct oscillate {
  static void apply(std::span<double> x) {
    for (double& each : x) each = oscillated(each).value;
  }
  static void pull_back(std::span<const double> x, std::span<double> g) {
    for (std::size_t i = 0; i < x.size(); ++i) g[i] *= oscillated(x[i]).slope;
  }
};

/// T_asy^beta.
struct skew {
  double beta;

  void apply(std::span<double> x) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = skewed(x[i], bend(i, x.size())).value;
  }
  void pull_back(std::span<const double> x, std::span<double> g) const {
    for (std::size_t i = 0; i < x.size(); ++i) g[i] *= skewed(x[i], bend(i, x.size())).slope;
  }

 private:
  double bend(std::size_t i, std::size_t n) const { return beta * double(i) / double(n - 1); }
};

/// Büche's: every other coordinate, from the first, ten times as far where it is above 0.
struct stretch {
  static void apply(std::span<double> x) {
    for (std::size_t i = 0; i < x.size(); i += 2) x[i] *= x[i] > 0 ? 10 : 1;
  }
  static void pull_back(std::span<const double> x, std::span<double> g) {
    for (std::size_t i = 0; i < x.size(); i += 2) g[i] *= x[i] > 0 ? 10 : 1;
  }
};

using map = std::variant<shift, scale, linear, oscillate, skew, stretch>;

}  // namespace ravine::bbob
