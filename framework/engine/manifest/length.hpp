#pragma once

#include "manifest/block.hpp"
#include "trial/trial_spec.hpp"

#include <optional>
#include <string_view>

namespace ravine {

/// The unit of that name; empty if there is none.
std::optional<cost_unit> find_unit(std::string_view name);

/// The one length that a block holds among its keys, such as epochs: 10, with the place of its value. More
/// than one is an error; none is not.
std::optional<located<amount>> find_length(const block& in);

/// A key whose value is a length and nothing else: every: {epochs: 1}. Empty if it is not there, or wrong.
std::optional<located<amount>> read_length(const block& in, std::string_view key);

}  // namespace ravine
