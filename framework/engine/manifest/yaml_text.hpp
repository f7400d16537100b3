#pragma once

#include <string_view>

namespace ravine {

/// Checks that the text is UTF-8 without control characters and short enough for a manifest.
/// Throws yaml_error with the place of the first fault.
void check_yaml_text(std::string_view text);

}  // namespace ravine
