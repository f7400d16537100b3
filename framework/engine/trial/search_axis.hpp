#pragma once

#include "core/settings.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// An interval to draw from: evenly in x, in log x or in log (1 - x), or a whole number of it, both ends
/// included.
struct search_range {
  enum class distribution { uniform, log_uniform, log_one_minus_uniform, int_uniform };

  distribution drawn = distribution::uniform;
  double low = 0;
  double high = 0;

  bool operator==(const search_range&) const = default;

  /// The value at a share of the interval, 0 <= share < 1. Reals have four significant digits, of 1 - x where
  /// that is even: what is printed is what is run.
  setting at(double share) const;
};

/// Something that an experiment searches over: a list of values, or an interval.
struct search_axis {
  std::string name;
  std::vector<setting> values;             ///< no two alike; empty for an interval
  std::optional<search_range> range = {};  ///< empty for a list

  /// The value at a share of the axis, 0 <= share < 1.
  setting at(double share) const;
};

/// How many points the lists span: 1 without axes; 2^64 - 1 if it is more than that. No axis is an interval.
std::uint64_t point_count(std::span<const search_axis> axes);

/// The values at one point of the lists' Cartesian product; the last axis varies fastest.
settings point_at(std::span<const search_axis> axes, std::uint64_t index);

/// The values at a point of the unit cube, one share an axis.
settings point_at(std::span<const search_axis> axes, std::span<const double> shares);

}  // namespace ravine
