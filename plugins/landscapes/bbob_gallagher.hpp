#pragma once

#include "bbob_cores.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace ravine::bbob {

/// One of Gallagher's peaks, in coordinates that have been rotated.
struct peak {
  double height;
  std::vector<double> place;
  std::vector<double> curvatures;
};

/// How the peaks of a function are drawn.
struct peak_rule {
  std::size_t count;
  double width;            ///< of the box around 0 that they lie in
  double first_condition;  ///< condition number of the optimum's
};

inline peak_rule many_peaks() { return {101, 10, std::sqrt(1000.0)}; }
inline peak_rule few_peaks() { return {21, 9.8, 1000}; }

/// Before rotation. The first is the optimum, which is kept farther from the faces of the box.
inline std::vector<double> peak_place(const std::vector<double>& even, std::size_t k, std::size_t n,
                                      const peak_rule& rule) {
  std::vector<double> place(n);
  for (std::size_t i = 0; i < n; ++i) {
    place[i] = rule.width * even[k * n + i] - rule.width / 2;
    if (k == 0) place[i] *= 0.8;
  }
  return place;
}

/// The optimum is 10 high, the others from 1.1 to 9.1; their condition numbers, up to 1000, and which of the
/// axes is how steep are permuted.
inline std::vector<peak> draw_peaks(const matrix& rotation, std::int64_t seed, const peak_rule& rule) {
  const std::size_t n = rotation.n, others = rule.count - 1;
  const std::vector<double> even = uniform_numbers(n * rule.count, seed);
  const std::vector<std::size_t> conditions = rising(uniform_numbers(others, seed));
  std::vector<peak> all(rule.count);
  for (std::size_t k = 0; k < rule.count; ++k) {
    const double share = k == 0 ? 0 : double(k - 1) / double(others - 1);
    all[k].height = k == 0 ? 10 : 1.1 + 8 * share;
    all[k].place.resize(n);
    multiply(rotation, peak_place(even, k, n, rule), all[k].place);
    const double condition =
        k == 0 ? rule.first_condition : std::pow(1000, double(conditions[k - 1]) / double(others - 1));
    for (std::size_t axis : rising(uniform_numbers(n, seed + 1000 * std::int64_t(k)))) {
      all[k].curvatures.push_back(std::pow(condition, double(axis) / double(n - 1) - 0.5));
    }
  }
  return all;
}

/// 10 less the highest of the peaks, by T_osz and squared. Where two are as high, the gradient is that of the
/// first.
inline core gallagher(std::vector<peak> peaks) {
  return [peaks = std::move(peaks)](auto z, auto g) {
    const double n = double(z.size());
    const peak* highest = &peaks.front();
    double least = std::numeric_limits<double>::infinity(), exponent = -least;
    for (const peak& each : peaks) {
      double sum = 0;
      for (std::size_t i = 0; i < z.size(); ++i) sum += each.curvatures[i] * squared(z[i] - each.place[i]);
      const double depth = sum / (2 * n) - std::log(each.height);
      if (depth >= least) continue;
      highest = &each, least = depth, exponent = -sum / (2 * n);
    }
    const double below = 10 - highest->height - highest->height * std::expm1(exponent);
    const value_and_slope waves = oscillated(below);
    const double slope = 2 * waves.value * waves.slope * highest->height * std::exp(exponent) / n;
    for (std::size_t i = 0; i < z.size(); ++i) {
      g[i] = slope * highest->curvatures[i] * (z[i] - highest->place[i]);
    }
    return waves.value * waves.value;
  };
}

}  // namespace ravine::bbob
