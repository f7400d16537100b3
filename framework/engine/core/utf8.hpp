#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ravine {

/// Bytes of the character that starts `text`, which is not empty; 0 if it is not UTF-8 (RFC 3629: no overlong
/// forms, no surrogates, nothing above U+10FFFF).
std::size_t character_length(std::string_view text);

/// Whether the text consists of such characters.
bool is_utf8(std::string_view text);

/// The code point of the character of that length that starts `text`.
std::uint32_t code_point(std::string_view text, std::size_t length);

/// Columns that the text takes on a terminal: two for each wide character of East Asia and for pictographs,
/// none for marks that combine with the character before them. What is not UTF-8 takes one a byte.
std::size_t display_width(std::string_view text);

}  // namespace ravine
