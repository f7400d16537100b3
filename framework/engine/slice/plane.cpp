#include "slice/plane.hpp"

#include "core/error.hpp"
#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include <boost/random/normal_distribution.hpp>

namespace ravine {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  return sum_in_lanes(a.size(), [a, b](std::size_t i) { return a[i] * b[i]; });
}

std::vector<double> difference(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.size());
  std::ranges::transform(a, b, all.begin(), std::minus<>());
  return all;
}

/// What one output of a tensor reads: a column of a dense layer whose outputs are the last extent, else a
/// row, such as a kernel of a convolution and a vector of an embedding.
struct filters {
  explicit filters(const rv_tensor& of)
      : by_columns(of.role == RV_ROLE_WEIGHT && of.rank == 2 && of.shape[0] == of.fan_in),
        count(by_columns     ? of.shape[1]
              : of.rank == 1 ? 1
                             : of.shape[0]),
        length(of.size / count),
        offset(of.offset) {}

  template <class Visit>
  void for_each(std::size_t filter, Visit visit) const {
    for (std::size_t k = 0; k < length; ++k) {
      visit(offset + (by_columns ? k * count + filter : filter * length + k));
    }
  }

  bool by_columns;
  std::size_t count, length, offset;
};

std::vector<double> filtered_direction(const rv_layout& layout, std::span<const double> origin,
                                       stream_engine& random) {
  boost::random::normal_distribution<double> normal;
  std::vector<double> direction(origin.size());
  for (const rv_tensor* each : std::span(layout.tensors, layout.tensor_count)) {
    const rv_tensor& tensor = *each;
    if (tensor.role != RV_ROLE_WEIGHT && tensor.role != RV_ROLE_EMBEDDING) continue;
    for (std::size_t k = 0; k < tensor.size; ++k) direction[tensor.offset + k] = normal(random);
    const filters all(tensor);
    for (std::size_t filter = 0; filter < all.count; ++filter) {
      double drawn = 0, wanted = 0;
      all.for_each(filter, [&](std::size_t i) {
        drawn += direction[i] * direction[i];
        wanted += origin[i] * origin[i];
      });
      all.for_each(filter, [&](std::size_t i) { direction[i] *= std::sqrt(wanted / drawn); });
    }
  }
  return direction;
}

using matrix = std::vector<std::vector<double>>;

/// Turns rows and columns p and q of a symmetric matrix so that they come apart, and the vectors with them.
void turn(matrix& a, matrix& vectors, std::size_t p, std::size_t q) {
  if (a[p][q] == 0) return;
  const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const double t = std::copysign(1, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1 / std::hypot(t, 1.0), s = t * c;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double left = a[k][p], right = a[k][q];
    a[k][p] = c * left - s * right;
    a[k][q] = s * left + c * right;
  }
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double left = a[p][k], right = a[q][k];
    a[p][k] = c * left - s * right;
    a[q][k] = s * left + c * right;
    const double before = vectors[p][k];
    vectors[p][k] = c * before - s * vectors[q][k];
    vectors[q][k] = s * before + c * vectors[q][k];
  }
}

/// Leaves the eigenvalues of a symmetric matrix on its diagonal; answers its eigenvectors as rows. By the
/// method of Jacobi.
matrix diagonalise(matrix& a) {
  const std::size_t n = a.size();
  matrix vectors(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1;
  const auto sizes = [&] {
    double beside = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) (i == j ? all : beside) += a[i][j] * a[i][j];
    }
    return std::pair(beside, all + beside);
  };
  constexpr int most_sweeps = 50;  // about ten are taken
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    const auto [beside, all] = sizes();
    if (beside <= 1e-28 * all) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) turn(a, vectors, p, q);
    }
  }
  return vectors;
}

}  // namespace

std::array<double, 2> plane::nearest(std::span<const double> point) const {
  const std::vector<double> from = difference(point, origin);
  const double xx = dot(x, x), xy = dot(x, y), yy = dot(y, y), px = dot(from, x), py = dot(from, y);
  const double determinant = xx * yy - xy * xy;
  return {(yy * px - xy * py) / determinant, (xx * py - xy * px) / determinant};
}

double plane::distance(std::span<const double> point, std::array<double, 2> coordinates) const {
  return std::sqrt(sum_in_lanes(point.size(), [&](std::size_t i) {
    const double off = point[i] - origin[i] - coordinates[0] * x[i] - coordinates[1] * y[i];
    return off * off;
  }));
}

plane filter_normalised(const rv_layout& layout, std::vector<double> origin, std::uint64_t seed) {
  stream_engine random(seed);
  plane made;
  made.x = filtered_direction(layout, origin, random);
  made.y = filtered_direction(layout, origin, random);
  made.origin = std::move(origin);
  if (norm<double>(made.x) == 0) {
    throw error(
        "filter-normalised directions need weights; a landscape has none: name a plane of paths or ends");
  }
  return made;
}

plane through(const std::array<std::vector<double>, 3>& points) {
  plane made{points[0], difference(points[1], points[0]), difference(points[2], points[0])};
  const double width = norm<double>(made.x), reach = norm<double>(made.y);
  if (width > 0) scale(std::span(made.x), 1 / width);
  const double along = dot(made.x, made.y);
  for (std::size_t i = 0; i < made.y.size(); ++i) made.y[i] -= along * made.x[i];
  const double height = norm<double>(made.y);
  if (!(width > 0) || !(height > 1e-9 * reach)) {
    throw error("the three end points lie on a line, and span no plane");
  }
  scale(std::span(made.y), 1 / height);
  return made;
}

principal_plane principal_components(const std::vector<std::vector<double>>& path) {
  if (path.size() < 3) throw error("a path of fewer than three points has no principal plane");
  const std::size_t n = path.size(), width = path.front().size();
  std::vector<double> mean(width);
  for (const auto& point : path) {
    for (std::size_t i = 0; i < width; ++i) mean[i] += point[i] / static_cast<double>(n);
  }
  matrix centred;
  for (const auto& point : path) centred.push_back(difference(point, mean));
  // The few products of points have the same eigenvalues as the many of coordinates.
  matrix products(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) products[i][j] = products[j][i] = dot(centred[i], centred[j]);
  }
  const matrix vectors = diagonalise(products);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, std::greater<>(), [&](std::size_t i) { return products[i][i]; });
  double variance = 0;
  for (std::size_t i = 0; i < n; ++i) variance += std::max(products[i][i], 0.0);
  if (!(variance > 0)) throw error("the path does not leave its start, and has no principal plane");
  principal_plane found{{path.back(), std::vector<double>(width), std::vector<double>(width)}, {}};
  for (const std::size_t which : {0U, 1U}) {
    std::vector<double>& axis = which == 0 ? found.of.x : found.of.y;
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t i = 0; i < width; ++i) axis[i] += vectors[order[which]][k] * centred[k][i];
    }
    if (which == 1) {  // rounding alone, where the path is a line
      const double along = dot(axis, found.of.x);
      for (std::size_t i = 0; i < width; ++i) axis[i] -= along * found.of.x[i];
    }
    const double length = norm<double>(axis);
    if (!(length > 0)) throw error("the path is a straight line, and has no principal plane");
    scale(std::span(axis), 1 / length);
    found.explained.at(which) = std::max(products[order[which]][order[which]], 0.0) / variance;
  }
  return found;
}

}  // namespace ravine
