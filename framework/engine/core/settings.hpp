#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace ravine {

/// One value of a `with:` block, as written: a choice is its name, not yet an index.
using setting = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

/// Hyperparameters or options by name.
using settings = std::map<std::string, setting>;

/// The value as the manifest would write it: round-trip exact numbers, lists as [1, 2].
std::string to_string(const setting& value);

/// "beta=0.9 lr=0.1"; "" if there are none.
std::string to_string(const settings& values);

}  // namespace ravine
