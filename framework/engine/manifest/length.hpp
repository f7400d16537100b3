#pragma once

#include "manifest/block.hpp"
#include "manifest/diagnostics.hpp"
#include "trial/trial_spec.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The names of the units, as keys of a block.
std::vector<std::string> unit_names(std::initializer_list<cost_unit> units);

/// The one length that a block holds among its keys, such as epochs: 10, with the place of its value. Steps
/// and evaluations are whole numbers. More than one is an error; none is not.
std::optional<located<amount>> find_length(const block& in, std::initializer_list<cost_unit> units,
                                           diagnostics& errors);

/// A block that is a length in epochs or steps and nothing else: {epochs: 1}.
std::optional<located<amount>> read_length(const yaml_value& value, const std::string& name,
                                           diagnostics& errors);

}  // namespace ravine
