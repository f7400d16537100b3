#include "train/landscape_instance.hpp"

#include "plugin/component.hpp"
#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <fmt/format.h>

namespace ravine {
namespace {

constexpr int most_draws = 1000;  // of a rotation that keeps several minima inside the box
constexpr double margin = 0.1;    // of the box's width, on each side, that a shift keeps minima out of

/// The points that stay inside the box: the minima, or else the box's centre.
std::vector<std::vector<double>> kept_points(const rv_landscape& original) {
  const std::size_t n = original.dimension;
  std::vector<std::vector<double>> points;
  for (std::size_t k = 0; k < original.minima_count; ++k) {
    points.emplace_back(original.minima + k * n, original.minima + (k + 1) * n);
  }
  if (!points.empty()) return points;
  std::vector<double>& centre = points.emplace_back(n);
  for (std::size_t i = 0; i < n; ++i) centre[i] = (original.lower[i] + original.upper[i]) / 2;
  return points;
}

std::vector<double> mean(const std::vector<std::vector<double>>& points) {
  if (points.size() == 1) return points.front();  // not a rounding error off
  std::vector<double> sum(points.front().size());
  for (const auto& each : points) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += each[i];
  }
  for (double& coordinate : sum) coordinate /= static_cast<double>(points.size());
  return sum;
}

/// The same product for points and gradients: row . (a - b), in double whatever T is.
template <class T>
double times(const double* row, const T* a, const double* b, std::size_t n) {
  return sum_in_lanes(n, [=](std::size_t i) { return row[i] * (static_cast<double>(a[i]) - b[i]); });
}

/// Reflects every row of the n x n matrix, from column `first` on, at the hyperplane whose normal is
/// `normal`.
void reflect_rows(std::vector<double>& matrix, std::size_t n, std::size_t first,
                  const std::vector<double>& normal) {
  for (std::size_t r = 0; r < n; ++r) {
    double* const row = matrix.data() + r * n + first;
    const double along = sum_in_lanes(normal.size(), [&](std::size_t i) { return row[i] * normal[i]; });
    for (std::size_t i = 0; i < normal.size(); ++i) row[i] -= 2 * along * normal[i];
  }
}

}  // namespace

// A product of Householder reflections with random normals, and signs: Stewart 1980, doi:10.1137/0717034.
// The last sign makes the determinant 1.
std::vector<double> random_rotation(std::size_t n, std::uint64_t seed) {
  stream_engine random(seed);
  std::vector<double> matrix(n * n), signs(n, 1.0);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
  double determinant = 1;
  for (std::size_t first = 0; first + 1 < n; ++first) {
    boost::random::normal_distribution<double> normal;
    std::vector<double> direction(n - first);
    std::generate(direction.begin(), direction.end(), [&] { return normal(random); });
    signs[first] = direction[0] < 0 ? -1 : 1;
    direction[0] += signs[first] * norm<double>(direction);
    scale<double>(direction, 1 / norm<double>(direction));
    reflect_rows(matrix, n, first, direction);
    determinant *= -signs[first];  // a reflection's is -1
  }
  signs[n - 1] = determinant;
  for (std::size_t r = 0; r < n; ++r) scale<double>(std::span(matrix).subspan(r * n, n), signs[r]);
  return matrix;
}

landscape_instance::landscape_instance(const rv_landscape& original, const instance_spec& spec,
                                       std::uint64_t seed, std::uint64_t repetition)
    : anchor_(mean(kept_points(original))), place_(anchor_) {
  if (spec.rotate) draw_rotation(original, stream_seed(seed, repetition, "rotation"));
  if (spec.shift) draw_shift(original, stream_seed(seed, repetition, "shift"));
}

void landscape_instance::draw_rotation(const rv_landscape& original, std::uint64_t seed) {
  const std::size_t n = dimension();
  if (n > instance_spec::largest_rotated) {
    throw plugin_error(fmt::format("a landscape of {} dimensions can't be rotated, only up to {}", n,
                                   instance_spec::largest_rotated));
  }
  for (std::uint64_t draw = 0; draw < most_draws; ++draw) {
    rotation_ = random_rotation(n, step_seed(seed, draw));
    inverse_.resize(n * n);
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) inverse_[c * n + r] = rotation_[r * n + c];
    }
    if (keeps_inside(original)) return;
  }
  throw plugin_error(
      fmt::format("none of {} rotations keeps all minima inside the box; shift it alone", most_draws));
}

bool landscape_instance::keeps_inside(const rv_landscape& original) const {
  const auto points = kept_points(original);
  if (points.size() == 1) return true;  // it is the anchor
  return std::ranges::all_of(points, [&](const std::vector<double>& each) {
    const std::vector<double> x = to_optimizer(each);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] < original.lower[i] || x[i] > original.upper[i]) return false;
    }
    return true;
  });
}

void landscape_instance::draw_shift(const rv_landscape& original, std::uint64_t seed) {
  std::vector<std::vector<double>> kept;
  for (const auto& each : kept_points(original)) kept.push_back(to_optimizer(each));
  stream_engine random(seed);
  for (std::size_t i = 0; i < dimension(); ++i) {
    const double aside = margin * (original.upper[i] - original.lower[i]);
    const auto coordinate = [i](const std::vector<double>& x) { return x[i]; };
    const double lowest = coordinate(*std::ranges::min_element(kept, {}, coordinate));
    const double highest = coordinate(*std::ranges::max_element(kept, {}, coordinate));
    const double down = std::min(0.0, original.lower[i] + aside - lowest);
    const double up = std::max(0.0, original.upper[i] - aside - highest);
    place_[i] += down + boost::random::uniform_01<double>()(random) * (up - down);
  }
}

template <class T>
void landscape_instance::to_function(const T* x, T* y) const {
  const std::size_t n = dimension();
  for (std::size_t r = 0; r < n; ++r) {
    const double turned = rotation_.empty() ? static_cast<double>(x[r]) - place_[r]
                                            : times(rotation_.data() + r * n, x, place_.data(), n);
    y[r] = static_cast<T>(anchor_[r] + turned);
  }
}

std::vector<double> landscape_instance::to_optimizer(std::span<const double> y) const {
  const std::size_t n = dimension();
  std::vector<double> x(n);
  for (std::size_t r = 0; r < n; ++r) {
    const double turned =
        inverse_.empty() ? y[r] - anchor_[r] : times(inverse_.data() + r * n, y.data(), anchor_.data(), n);
    x[r] = place_[r] + turned;
  }
  return x;
}

template <class T>
void landscape_instance::turn_back(const T* function_gradient, T* gradient) const {
  const std::size_t n = dimension();
  if (inverse_.empty()) {
    std::copy_n(function_gradient, n, gradient);
    return;
  }
  for (std::size_t r = 0; r < n; ++r) {
    const double* const row = inverse_.data() + r * n;
    gradient[r] = static_cast<T>(
        sum_in_lanes(n, [=](std::size_t i) { return row[i] * static_cast<double>(function_gradient[i]); }));
  }
}

template void landscape_instance::to_function(const float*, float*) const;
template void landscape_instance::to_function(const double*, double*) const;
template void landscape_instance::turn_back(const float*, float*) const;
template void landscape_instance::turn_back(const double*, double*) const;

}  // namespace ravine
