#pragma once

#include "experiment/mistakes.hpp"
#include "experiment/yaml_value.hpp"
#include "settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Something that an experiment searches over.
struct search_axis {
  std::string name;
  std::vector<setting> values;  ///< no two alike
};

/// How many points the axes span: 1 without axes; 2^64 - 1 if it is more than that.
std::uint64_t point_count(std::span<const search_axis> axes);

/// The values at one point of the Cartesian product; the last axis varies fastest.
settings point_at(std::span<const search_axis> axes, std::uint64_t index);

/// What a value can be: the entries of {grid: […]} or {choice: […]}, or the value itself if it is no search
/// expression. Empty, with a mistake, for an expression that is wrong or not supported.
std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name, mistakes& found);

}  // namespace ravine
