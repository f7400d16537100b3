#include "train/lanczos.hpp"

#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>

namespace ravine {
namespace {

std::vector<double> random_direction(std::size_t n, std::uint64_t seed) {
  stream_engine random(seed);
  boost::random::normal_distribution<double> normal;
  std::vector<double> v(n);
  for (double& each : v) each = normal(random);
  scale(std::span(v), 1 / norm<double>(v));
  return v;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return sum_in_lanes(a.size(), [a, b](std::size_t i) { return a[i] * b[i]; });
}

/// Eigenvalues of a symmetric tridiagonal matrix, and the last components of their unit eigenvectors.
struct tridiagonal_spectrum {
  std::vector<double> values, last;
};

/// One QL step with an implicit shift on the rows from `first` to `end`, which are coupled.
void ql_step(tridiagonal_spectrum& of, std::vector<double>& beside, std::size_t first, std::size_t end) {
  std::vector<double>& d = of.values;
  double g = (d[first + 1] - d[first]) / (2 * beside[first]);
  double r = std::hypot(g, 1.0);
  g = d[end] - d[first] + beside[first] / (g + std::copysign(r, g));
  double s = 1, c = 1, p = 0;
  for (std::size_t i = end; i-- > first;) {
    const double f = s * beside[i], b = c * beside[i];
    r = std::hypot(f, g);
    beside[i + 1] = r;
    if (r == 0) {  // the rows have come apart
      d[i + 1] -= p;
      beside[end] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    const double turned = of.last[i + 1];
    of.last[i + 1] = s * of.last[i] + c * turned;
    of.last[i] = c * of.last[i] - s * turned;
  }
  d[first] -= p;
  beside[first] = g;
  beside[end] = 0;
}

/// By implicit QL steps (Dubrulle, Martin & Wilkinson 1968, doi:10.1007/BF02165404); of the eigenvectors one
/// row alone is turned along, as Golub & Welsch do with the first.
tridiagonal_spectrum spectrum_of(std::vector<double> diagonal, std::vector<double> beside) {
  const std::size_t n = diagonal.size();
  tridiagonal_spectrum found{std::move(diagonal), std::vector<double>(n)};
  found.last.back() = 1;
  beside.resize(n);
  const auto apart = [&](std::size_t i) {
    const double size = std::abs(found.values[i]) + std::abs(found.values[i + 1]);
    return std::abs(beside[i]) <= std::numeric_limits<double>::epsilon() * size;
  };
  constexpr int most_steps = 60;  // for one eigenvalue; it takes two or three
  for (std::size_t first = 0; first < n; ++first) {
    for (int step = 0; step < most_steps; ++step) {
      std::size_t end = first;
      while (end + 1 < n && !apart(end)) ++end;
      if (end == first) break;
      ql_step(found, beside, first, end);
    }
  }
  return found;
}

/// After the values that were found before.
bool has_settled(const std::vector<double>& tops, double value, double rise) {
  return tops.size() >= eigenvalue_stop::window &&
         value - tops[tops.size() - eigenvalue_stop::window] < rise * std::abs(value);
}

}  // namespace

found_eigenvalue largest_eigenvalue(std::size_t n, const matrix_product& multiply, std::uint64_t seed,
                                    const eigenvalue_stop& stop) {
  std::vector<double> v = random_direction(n, seed), before(n), product(n), diagonal, beside, tops;
  found_eigenvalue found;
  while (found.products < stop.most) {
    multiply(v, product);
    ++found.products;
    diagonal.push_back(dot(v, product));
    const double back = beside.empty() ? 0 : beside.back();
    const double amiss = dot(before, product) - back;
    for (std::size_t i = 0; i < n; ++i) product[i] -= diagonal.back() * v[i] + back * before[i];
    const double length = norm<double>(product);
    const tridiagonal_spectrum ritz = spectrum_of(diagonal, beside);
    const auto top = static_cast<std::size_t>(std::ranges::max_element(ritz.values) - ritz.values.begin());
    found.value = ritz.values[top];
    found.residual = length * std::abs(ritz.last[top]);
    const auto [least, greatest] = std::ranges::minmax(ritz.values);
    found.asymmetry =
        std::max(found.asymmetry, std::abs(amiss) / std::max(std::abs(least), std::abs(greatest)));
    if (!(found.residual > stop.residual * std::abs(found.value)) || found.asymmetry > stop.asymmetry ||
        has_settled(tops, found.value, stop.rise)) {
      break;
    }
    tops.push_back(found.value);
    std::swap(before, v);
    std::swap(v, product);
    scale(std::span(v), 1 / length);
    beside.push_back(length);
  }
  return found;
}

}  // namespace ravine
