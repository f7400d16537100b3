#pragma once

#include "manifest/place.hpp"

#include <cstddef>
#include <string_view>

namespace ravine {

/// Checks that the text is UTF-8 without control characters and short enough for a manifest.
/// Throws yaml_error with the place of the first fault.
void check_yaml_text(std::string_view text);

/// Checks that a scalar's text, which is UTF-8, has no code point that Unicode reserves from being a
/// character, such as U+FFFF: yaml-cpp reads these, also as escapes, but writes others in their place; and
/// none that steers a terminal or the direction of text (is_control), line ends and tabs apart. Throws
/// yaml_error.
void check_characters(std::string_view scalar, const place& at);

/// Whether a scalar in quotes that begins at that byte, perhaps with its &anchor, has no closing quote. What
/// does not begin with a quote has none to miss.
bool is_unclosed(std::string_view text, std::size_t begin);

}  // namespace ravine
