#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/component.hpp"
#include "trial/search_axis.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace ravine {

/// The interval that a hyperparameter declares as worth searching; empty if it declares none.
std::optional<search_range> declared_range(const hyperparameter& declared);

/// A block {uniform: [low, high]} or its like; empty, with an error, if the ends are wrong. Null is not
/// allowed.
std::optional<search_range> read_range(const yaml_value& expression, std::string_view name,
                                       diagnostics& errors);

/// Whether the value is a search expression for an interval.
bool is_range(const yaml_value& value);

/// What a value can be: the entries of {grid: […]} or {choice: […]}, or the value itself if it is no search
/// expression. Empty, with an error, for an expression that is wrong.
std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name,
                                            diagnostics& errors);

}  // namespace ravine
