#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ravine {

/// The name that was probably meant: the least edit distance, ignoring case, if it is at most a third of the
/// longer length (and at least 1); "" if none is that near.
std::string nearest(std::string_view name, std::span<const std::string> valid);

/// "; did you mean NEAREST?", the end of a message about an unknown name; "" if none is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> valid);

/// The same, but where none is near "; expected one of: …" with all valid names, or whatever `otherwise`
/// begins with; "" if there are none.
std::string expected_name(std::string_view name, std::span<const std::string> valid,
                          std::string_view otherwise = "expected one of:");

}  // namespace ravine
