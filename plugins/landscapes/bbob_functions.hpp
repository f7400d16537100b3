#pragma once

#include "bbob_gallagher.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

/// The 24 noiseless functions of COCO's bbob, as compositions: maps from x to z, then a core. The formulas
/// are those of Hansen, Finck, Ros & Auger 2009 (INRIA RR-6829) with COCO's later changes; its factor
/// max(1, sqrt(n) / 8) of Rosenbrock's is 1 below 64 dimensions.
namespace ravine::bbob {

/// f(x) = minimum + of_z(maps(x)) + penalty times the squared distance from the box [-5, 5]^n
struct function {
  std::vector<double> optimum;
  double minimum;
  std::vector<map> maps;
  core of_z;
  double penalty = 0;

  double value_gradient(std::span<const double> x, std::span<double> g) const;
};

inline constexpr std::size_t most_maps = 6;

inline double function::value_gradient(std::span<const double> x, std::span<double> g) const {
  const std::size_t n = x.size();
  std::array<std::array<double, most_dimensions>, most_maps + 1> points;
  const auto point = [&](std::size_t k) { return std::span(points.at(k)).first(n); };
  std::ranges::copy(x, points[0].begin());
  for (std::size_t k = 0; k < maps.size(); ++k) {
    std::ranges::copy(point(k), point(k + 1).begin());
    std::visit([&](const auto& each) { each.apply(point(k + 1)); }, maps[k]);
  }
  double f = minimum + of_z(point(maps.size()), g);
  for (std::size_t k = maps.size(); k-- > 0;) {
    std::visit([&](const auto& each) { each.pull_back(point(k), g); }, maps[k]);
  }
  if (penalty == 0) return f;
  for (std::size_t i = 0; i < n; ++i) {
    const double outside = std::max(0.0, std::abs(x[i]) - 5);
    f += penalty * outside * outside;
    g[i] += std::copysign(2 * penalty * outside, x[i]);
  }
  return f;
}

/// What the seed of an instance gives.
struct draw {
  std::size_t n;
  std::int64_t seed;

  matrix r() const { return rotation(n, seed + 1'000'000); }
  matrix q() const { return rotation(n, seed); }

  /// R Lambda^condition Q
  matrix r_lambda_q(double condition) const {
    const matrix left = r(), right = q();
    const std::vector<double> lambda = conditioning(condition, n);
    matrix product(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) {
        const double factor = left(i, k) * lambda[k];
        for (std::size_t j = 0; j < n; ++j) product(i, j) += factor * right(k, j);
      }
    }
    return product;
  }

  std::vector<double> all(double value) const { return std::vector<double>(n, value); }
};

inline constexpr double schwefel_optimum = 4.2096874637;  // of |2 x[i]|; a hundredth of that of z sin sqrt|z|

/// The optimum of the functions 20 and 24: as far from 0 in every coordinate, with the signs of `numbers`.
inline std::vector<double> corner(const std::vector<double>& numbers, double distance) {
  std::vector<double> x(numbers.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = numbers[i] < 0 ? -distance : distance;
  return x;
}

inline std::vector<double> optimum_of(int number, const draw& from) {
  const std::size_t n = from.n;
  std::vector<double> x = optimum_location(n, number == 12 ? from.seed + 1'000'000 : from.seed);
  switch (number) {
    case 4:
      for (std::size_t i = 0; i < n; i += 2) x[i] = std::abs(x[i]);
      return x;
    case 5:
      return corner(x, 5);
    case 8:
      for (double& each : x) each *= 0.75;
      return x;
    case 9:
    case 19:
      multiply_transposed(from.q(), from.all(0.5), x);
      return x;
    case 20: {
      std::vector<double> signs = uniform_numbers(n, from.seed);
      for (double& each : signs) each -= 0.5;
      return corner(signs, schwefel_optimum / 2);
    }
    case 21:
      return peak_place(uniform_numbers(n, from.seed), 0, n, many_peaks());
    case 22:
      return peak_place(uniform_numbers(n, from.seed), 0, n, few_peaks());
    case 24:
      return corner(normal_numbers(n, from.seed), 1.25);
    default:
      return x;
  }
}

/// The maps and the core of a function.
struct composition {
  std::vector<map> maps;
  core of_z;
  double penalty = 0;
};

inline composition separable(int number, const draw& from, const std::vector<double>& optimum) {
  const std::size_t n = from.n;
  switch (number) {
    case 1:
      return {{shift{optimum}}, weighted_squares(from.all(1))};
    case 2:
      return {{shift{optimum}, oscillate{}}, weighted_squares(powers(1e6, n))};
    case 3:
      return {{shift{optimum}, oscillate{}, skew{0.2}, scale{conditioning(10, n)}}, rastrigin()};
    case 4:
      return {{shift{optimum}, oscillate{}, stretch{}, scale{conditioning(10, n)}}, rastrigin(), 100};
    default:
      return {{}, linear_slope(optimum)};
  }
}

inline composition low_conditioned(int number, const draw& from, const std::vector<double>& optimum) {
  const std::size_t n = from.n;
  switch (number) {
    case 6:
      return {{shift{optimum}, linear{from.r_lambda_q(10)}}, attractive_sector(optimum)};
    case 7:
      return {{shift{optimum}, linear{from.q()}, scale{conditioning(10, n)}}, step_ellipsoid(from.r()), 1};
    case 8:
      return {{shift{optimum}, shift{from.all(-1)}}, rosenbrock()};
    default:
      return {{linear{from.q()}, shift{from.all(-0.5)}}, rosenbrock()};
  }
}

inline composition ill_conditioned(int number, const draw& from, const std::vector<double>& optimum) {
  const std::size_t n = from.n;
  switch (number) {
    case 10:
      return {{shift{optimum}, linear{from.r()}, oscillate{}}, weighted_squares(powers(1e6, n))};
    case 11: {
      std::vector<double> disc = from.all(1);
      disc[0] = 1e6;
      return {{shift{optimum}, linear{from.r()}, oscillate{}}, weighted_squares(disc)};
    }
    case 12: {
      std::vector<double> cigar = from.all(1e6);
      cigar[0] = 1;
      return {{shift{optimum}, linear{from.r()}, skew{0.5}, linear{from.r()}}, weighted_squares(cigar)};
    }
    case 13:
      return {{shift{optimum}, linear{from.r_lambda_q(10)}}, sharp_ridge()};
    default:
      return {{shift{optimum}, linear{from.r()}}, different_powers()};
  }
}

inline composition multimodal(int number, const draw& from, const std::vector<double>& optimum) {
  const std::size_t n = from.n;
  const auto schaffers_of = [&](double condition) -> composition {
    const scale lambda{conditioning(condition, n)};
    return {{shift{optimum}, linear{from.r()}, skew{0.5}, linear{from.q()}, lambda}, schaffers(), 10};
  };
  switch (number) {
    case 15:
      return {{shift{optimum}, linear{from.r()}, oscillate{}, skew{0.2}, linear{from.r_lambda_q(10)}},
              rastrigin()};
    case 16:
      return {{shift{optimum}, linear{from.r()}, oscillate{}, linear{from.r_lambda_q(0.01)}},
              weierstrass(),
              10 / double(n)};
    case 17:
      return schaffers_of(10);
    case 18:
      return schaffers_of(1000);
    default:
      return {{linear{from.q()}, shift{from.all(-0.5)}}, griewank_rosenbrock()};
  }
}

inline composition weakly_structured(int number, const draw& from, const std::vector<double>& optimum) {
  const std::size_t n = from.n;
  std::vector<double> twice_signed = from.all(2);
  for (std::size_t i = 0; i < n; ++i) twice_signed[i] = std::copysign(2.0, optimum[i]);
  switch (number) {
    case 20: {
      matrix chain(n);  // z[i + 1] depends on x[i], too
      for (std::size_t i = 0; i < n; ++i) {
        chain(i, i) = 1;
        if (i != 0) chain(i, i - 1) = 0.25;
      }
      return {{scale{twice_signed}, shift{from.all(schwefel_optimum)}, linear{chain},
               scale{conditioning(10, n)}, shift{from.all(-schwefel_optimum)}, scale{from.all(100)}},
              schwefel()};
    }
    case 21:
      return {{linear{from.q()}}, gallagher(draw_peaks(from.q(), from.seed, many_peaks())), 1};
    case 22:
      return {{linear{from.q()}}, gallagher(draw_peaks(from.q(), from.seed, few_peaks())), 1};
    case 23:
      return {{shift{optimum}, linear{from.r_lambda_q(100)}}, katsuura(), 1};
    default:
      return {{scale{twice_signed}, shift{from.all(2.5)}}, lunacek(from.r_lambda_q(100)), 1e4};
  }
}

/// Function 1 to 24.
inline function make_function(int number, std::int64_t instance, std::size_t n) {
  const draw from{n, seed_of(number, instance)};
  std::vector<double> optimum = optimum_of(number, from);
  const auto group = number <= 5    ? separable
                     : number <= 9  ? low_conditioned
                     : number <= 14 ? ill_conditioned
                     : number <= 19 ? multimodal
                                    : weakly_structured;
  composition parts = group(number, from, optimum);
  return {optimum, minimum_of(number, instance), parts.maps, parts.of_z, parts.penalty};
}

}  // namespace ravine::bbob
