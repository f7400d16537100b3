#pragma once

#include "experiment/mistakes.hpp"
#include "experiment/yaml_value.hpp"
#include "plugin/component.hpp"
#include "settings.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// The interval that a hyperparameter declares as worth searching; empty if it declares none.
std::optional<search_range> declared_range(const param& hyperparameter);

/// How many points the lists span: 1 without axes; 2^64 - 1 if it is more than that. No axis is an interval.
std::uint64_t point_count(std::span<const search_axis> axes);

/// The values at one point of the lists' Cartesian product; the last axis varies fastest.
settings point_at(std::span<const search_axis> axes, std::uint64_t index);

/// The values at a point of the unit cube, one share an axis.
settings point_at(std::span<const search_axis> axes, std::span<const double> shares);

/// A block {uniform: [low, high]} or its like; empty, with a mistake, if the ends are wrong. Null is not
/// allowed.
std::optional<search_range> read_range(const yaml_value& expression, std::string_view name, mistakes& found);

/// Whether the value is a search expression for an interval.
bool is_range(const yaml_value& value);

/// What a value can be: the entries of {grid: […]} or {choice: […]}, or the value itself if it is no search
/// expression. Empty, with a mistake, for an expression that is wrong.
std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name, mistakes& found);

}  // namespace ravine
