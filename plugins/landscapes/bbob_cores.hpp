#pragma once

#include "bbob_maps.hpp"

#include <ravine/trigonometry.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

/// The bbob functions of z, without f*: each is 0 at its minimum. Differences that would cancel there are
/// written as squares of sines, and as expm1 and log1p.
namespace ravine::bbob {

/// Answers the value at z, and overwrites g with the gradient.
using core = std::function<double(std::span<const double> z, std::span<double> g)>;

inline double squared(double x) { return x * x; }

/// 1 - cos(2 a)
inline double one_minus_cos_twice(double a) { return 2 * squared(std::sin(a)); }

inline core weighted_squares(std::vector<double> weights) {
  return [weights = std::move(weights)](auto z, auto g) {
    double f = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      f += weights[i] * z[i] * z[i];
      g[i] = 2 * weights[i] * z[i];
    }
    return f;
  };
}

/// 10 (n - sum of cos(2 pi z[i])), whose gradient is added to g.
inline double ripples(std::span<const double> z, std::span<double> g) {
  double f = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    f += 20 * squared(sin_pi(z[i]));
    g[i] += 20 * std::numbers::pi * sin_pi(2 * z[i]);
  }
  return f;
}

inline core rastrigin() {
  return [](auto z, auto g) {
    double f = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      f += z[i] * z[i];
      g[i] = 2 * z[i];
    }
    return f + ripples(z, g);
  };
}

/// Falls towards a corner of the box, and is flat beyond its faces.
inline core linear_slope(const std::vector<double>& corner) {
  return [corner, steepness = powers(10, corner.size())](auto z, auto g) {
    double f = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const bool before = !(z[i] * corner[i] >= 25);  // so is NaN
      f += before ? steepness[i] * (5 - std::copysign(1.0, corner[i]) * z[i]) : 0;
      g[i] = before ? -std::copysign(steepness[i], corner[i]) : 0;
    }
    return f;
  };
}

/// A hundred times as steep where the signs of z and of the optimum are the same.
inline core attractive_sector(std::vector<double> optimum) {
  return [optimum = std::move(optimum)](auto z, auto g) {
    double sum = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double weight = z[i] * optimum[i] > 0 ? 1e4 : 1;
      sum += weight * z[i] * z[i];
      g[i] = 2 * weight * z[i];
    }
    if (sum == 0) return 0.0;
    const value_and_slope waves = oscillated(sum);
    const double f = std::pow(waves.value, 0.9);
    for (double& each : g) each *= 0.9 * f / waves.value * waves.slope;
    return f;
  };
}

/// Of z = Lambda Q (x - x*): plateaus, so that the gradient is 0 but for a slight slope within the lowest
/// one.
inline core step_ellipsoid(const matrix& rotation) {
  return [rotation, weights = powers(100, rotation.n)](auto z, auto g) {
    std::array<double, most_dimensions> steps{}, turned{};
    for (std::size_t i = 0; i < z.size(); ++i) {
      steps[i] = std::abs(z[i]) > 0.5 ? std::floor(z[i] + 0.5) : std::floor(10 * z[i] + 0.5) / 10;
    }
    multiply(rotation, steps, turned);
    double height = 0;
    for (std::size_t i = 0; i < z.size(); ++i) height += weights[i] * squared(turned[i]);
    const double slope = std::abs(z[0]) * 1e-4;
    std::ranges::fill(g, 0.0);
    if (slope > height) g[0] = std::copysign(1e-5, z[0]);
    return 0.1 * std::max(slope, height);
  };
}

inline core rosenbrock() {
  return [](auto z, auto g) {
    double f = 0;
    std::ranges::fill(g, 0.0);
    for (std::size_t i = 0; i + 1 < z.size(); ++i) {
      const double valley = z[i] * z[i] - z[i + 1], distance = z[i] - 1;
      f += 100 * valley * valley + distance * distance;
      g[i] += 400 * z[i] * valley + 2 * distance;
      g[i + 1] = -200 * valley;
    }
    return f;
  };
}

/// On the ridge, where the function has a kink, only the gradient along it is answered.
inline core sharp_ridge() {
  return [](auto z, auto g) {
    double sum = 0;
    for (std::size_t i = 1; i < z.size(); ++i) sum += z[i] * z[i];
    const double distance = std::sqrt(sum);
    g[0] = 2 * z[0];
    for (std::size_t i = 1; i < z.size(); ++i) g[i] = distance > 0 ? 100 * z[i] / distance : 0;
    return z[0] * z[0] + 100 * distance;
  };
}

/// Exponents from 2 to 6. The minimum is the tip of a wedge: 0 is answered there.
inline core different_powers() {
  return [](auto z, auto g) {
    double sum = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double exponent = 2 + 4 * double(i) / double(z.size() - 1), size = std::abs(z[i]);
      sum += std::pow(size, exponent);
      g[i] = std::copysign(exponent * std::pow(size, exponent - 1), z[i]);
    }
    const double f = std::sqrt(sum);
    for (double& each : g) each *= f > 0 ? 0.5 / f : 0;
    return f;
  };
}

/// Twelve waves in each coordinate, each half as high and three times as short as the one before.
inline core weierstrass() {
  return [](auto z, auto g) {
    const double n = double(z.size());
    double mean = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      double height = 1, frequency = 1;
      g[i] = 0;
      for (int k = 0; k < 12; ++k, height /= 2, frequency *= 3) {
        mean += 2 * height * squared(sin_pi(frequency * z[i])) / n;
        g[i] += 2 * std::numbers::pi * height * frequency * sin_pi(2 * frequency * z[i]) / n;
      }
    }
    for (double& each : g) each *= 30 * mean * mean;
    return 10 * mean * mean * mean;
  };
}

/// The gradient leaves out terms of neighbours that are both 0, where they have a kink.
inline core schaffers() {
  return [](auto z, auto g) {
    const double pairs = double(z.size() - 1);
    double mean = 0;
    std::ranges::fill(g, 0.0);
    for (std::size_t i = 0; i + 1 < z.size(); ++i) {
      const double s = std::hypot(z[i], z[i + 1]);
      if (s == 0) continue;
      const double root = std::sqrt(s), angle = 50 * std::pow(s, 0.2);
      const double waves = 1 + squared(std::sin(angle));
      mean += root * waves / pairs;
      const double slope = (waves / 2 + 0.2 * angle * std::sin(2 * angle)) / (root * pairs);
      g[i] += slope * z[i] / s;
      g[i + 1] += slope * z[i + 1] / s;
    }
    for (double& each : g) each *= 2 * mean;
    return mean * mean;
  };
}

inline core griewank_rosenbrock() {
  return [](auto z, auto g) {
    const double share = 10 / double(z.size() - 1);
    double f = 0;
    std::ranges::fill(g, 0.0);
    for (std::size_t i = 0; i + 1 < z.size(); ++i) {
      const double valley = z[i] * z[i] - z[i + 1], distance = z[i] - 1;
      const double s = 100 * valley * valley + distance * distance;
      f += share * (s / 4000 + one_minus_cos_twice(s / 2));
      const double slope = share * (1.0 / 4000 + std::sin(s));
      g[i] += slope * (400 * z[i] * valley + 2 * distance);
      g[i + 1] -= slope * 200 * valley;
    }
    return f;
  };
}

/// In [-500, 500]; a penalty is added beyond.
inline core schwefel() {
  return [](auto z, auto g) {
    const double n = double(z.size());
    double mean = 0, penalty = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double root = std::sqrt(std::abs(z[i])), outside = std::max(0.0, std::abs(z[i]) - 500);
      mean += z[i] * std::sin(root) / n;
      penalty += outside * outside;
      g[i] = 0.01 * (std::copysign(2 * outside, z[i]) - (std::sin(root) + root / 2 * std::cos(root)) / n);
    }
    return 0.01 * (penalty + 418.9828872724339 - mean);
  };
}

/// Each factor has 32 zigzags, each half as wide and as high as the one before: the gradient is that of
/// the line on which z lies, some 2^-33 long, and says nothing of what is around.
inline core katsuura() {
  return [](auto z, auto g) {
    const double n = double(z.size()), power = 10 / std::pow(n, 1.2);
    double logarithm = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      double zigzags = 0, slope = 0, wide = 2;
      for (int k = 1; k <= 32; ++k, wide *= 2) {
        const double offset = wide * z[i] - std::floor(wide * z[i] + 0.5);
        zigzags += std::abs(offset) / wide;
        slope += offset > 0 ? 1 : offset < 0 ? -1 : 0;
      }
      const double weight = double(i + 1);
      logarithm += std::log1p(weight * zigzags);
      g[i] = weight * slope / (1 + weight * zigzags);
    }
    const double grown = std::expm1(power * logarithm), share = 10 / (n * n);
    for (double& each : g) each *= share * (grown + 1) * power;
    return share * grown;
  };
}

/// Of z = 2 sign(x*) x - 2.5: the lower of two funnels, the minimum at 0 and the other one wider, below
/// ripples of M z. Where the funnels meet, the gradient is that of the first.
inline core lunacek(matrix ripple_matrix) {
  return [by = std::move(ripple_matrix)](auto z, auto g) {
    const double n = double(z.size());
    const double s = 1 - 0.5 / (std::sqrt(n + 20) - 4.1);
    const double between = 2.5 + std::sqrt((2.5 * 2.5 - 1) / s);
    double near = 0, far = 0;
    for (double each : z) {
      near += each * each;
      far += squared(each + between);
    }
    far = n + s * far;
    std::array<double, most_dimensions> turned{}, slope{};
    multiply(by, z, turned);
    const double f = ripples(std::span(turned).first(z.size()), slope);
    multiply_transposed(by, slope, g);
    for (std::size_t i = 0; i < z.size(); ++i) g[i] += near <= far ? 2 * z[i] : 2 * s * (z[i] + between);
    return f + std::min(near, far);
  };
}

}  // namespace ravine::bbob
