#pragma once

#include <ravine/abi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// The points origin + a x + b y of a space of parameters, by their coordinates (a, b).
struct plane {
  std::vector<double> origin, x, y;

  /// Coordinates of the nearest point of the plane; x and y need be neither orthogonal nor of unit length.
  std::array<double, 2> nearest(std::span<const double> point) const;
  /// How far a point is from the one with these coordinates, Euclidean.
  double distance(std::span<const double> point, std::array<double, 2> coordinates) const;
};

/// Two random directions with filters as long as those of the origin (Li et al. 2018, arXiv:1712.09913): the
/// weights that one unit or channel reads, and each row of an embedding, are scaled to the length of the same
/// ones of the origin. What is neither, biases and normalisations, stays as it is, as in their code. Throws
/// ravine::error where there are no weights, as on landscapes.
plane filter_normalised(const rv_layout& layout, std::vector<double> origin, std::uint64_t seed);

/// Through three points, from the first: x towards the second, y the rest of the way to the third;
/// orthonormal. Throws ravine::error if they lie on a line.
plane through(const std::array<std::vector<double>, 3>& points);

/// Of the two first principal components of a path's points, orthonormal, from its last point.
struct principal_plane {
  plane of;
  std::array<double, 2> explained;  ///< shares of the variance
};

/// Points of equal weight. Throws ravine::error if there are fewer than three, or if they do not differ.
principal_plane principal_components(const std::vector<std::vector<double>>& path);

}  // namespace ravine
