#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ravine {

/// The name that was probably meant: the least edit distance, ignoring case, if it is at most a third of the
/// longer length (and at least 1); "" if none is that near.
std::string nearest(std::string_view name, std::span<const std::string> valid);

}  // namespace ravine
