#pragma once

#include <ravine/matrices.hpp>
#include <ravine/norms.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace ravine {

/// The places of the numbers from the lowest to the highest; equal ones in their order.
inline std::vector<std::size_t> ascending(const std::vector<double>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return numbers[k]; });
  return order;
}

/// Weights and rates of CMA-ES: the defaults of table 1 in Hansen's tutorial (arXiv:1604.00772), by its
/// names.
struct cma_strategy {
  cma_strategy(double n, std::size_t population) : w(population) {
    double sums[2] = {}, squares[2] = {};  // of the weights above 0, and of the others
    for (std::size_t i = 0; i < population; ++i) {
      w[i] = std::log((double(population) + 1) / 2) - std::log(double(i + 1));
      sums[w[i] <= 0] += std::abs(w[i]);
      squares[w[i] <= 0] += w[i] * w[i];
    }
    mu_eff = sums[0] * sums[0] / squares[0];
    c_1 = 2 / ((n + 1.3) * (n + 1.3) + mu_eff);
    c_mu = std::min(1 - c_1, 2 * (0.25 + mu_eff + 1 / mu_eff - 2) / ((n + 2) * (n + 2) + mu_eff));
    c_sigma = (mu_eff + 2) / (n + mu_eff + 5);
    d_sigma = 1 + 2 * std::max(0.0, std::sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma;
    c_c = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n);
    chi = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    const double mu_eff_below = sums[1] * sums[1] / squares[1];
    const double below =
        std::min({1 + c_1 / c_mu, 1 + 2 * mu_eff_below / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu)});
    for (double& each : w) each *= each > 0 ? 1 / sums[0] : below / sums[1];
    renewal = std::max(1.0, std::floor(1 / (10 * n * (c_1 + c_mu))));
  }

  /// path <- (1 - rate) path + step, as long as if it were one of independent steps.
  void follow(std::span<double> path, double rate, std::span<const double> step) const {
    const double drift = std::sqrt(rate * (2 - rate) * mu_eff);
    for (std::size_t i = 0; i < path.size(); ++i) path[i] = (1 - rate) * path[i] + drift * step[i];
  }

  /// The weighted mean of the better rows; `order` names the rows of length n from the best to the worst.
  std::vector<double> mean(const std::vector<double>& rows, const std::vector<std::size_t>& order,
                           std::size_t n) const {
    std::vector<double> sum(n);
    for (std::size_t r = 0; r < w.size() && w[r] > 0; ++r) {
      for (std::size_t i = 0; i < n; ++i) sum[i] += w[r] * rows[order[r] * n + i];
    }
    return sum;
  }

  /// C <- (1 - faded - c_mu sum of w) C + c_1 p p' + c_mu sum of w y y', where the y of negative weights
  /// count as if all were of equal length in C. z are the rows y before C was applied.
  void adapt(std::span<double> c, std::vector<double> y, const std::vector<double>& z,
             const std::vector<std::size_t>& order, std::span<const double> p, double faded) const {
    const std::size_t n = p.size();
    y.insert(y.end(), p.begin(), p.end());
    std::vector<double> weighted(y);
    const auto weigh = [&](std::size_t row, double by) {
      for (double& each : std::span(weighted).subspan(row * n, n)) each *= by;
    };
    for (std::size_t r = 0; r < w.size(); ++r) {
      const double size = norm(std::span(z).subspan(order[r] * n, n));
      const double shortened = w[r] < 0 && size > 0 ? double(n) / (size * size) : 1;
      weigh(order[r], c_mu * w[r] * shortened);
    }
    weigh(w.size(), c_1);
    const double kept = 1 - faded - c_mu * std::accumulate(w.begin(), w.end(), 0.0);
    multiply(transposed(std::span(weighted), n), matrix(std::span(y), n), c, 1, kept);
  }

  std::vector<double> w;  ///< from the best point to the worst
  double mu_eff = 0, c_1 = 0, c_mu = 0, c_sigma = 0, d_sigma = 0, c_c = 0;
  double chi = 0;      ///< E|N(0, I)|
  double renewal = 0;  ///< generations between two decompositions of C
};

}  // namespace ravine
