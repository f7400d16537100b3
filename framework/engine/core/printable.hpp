#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ravine {

/// Whether the code point steers the terminal or the direction of the text instead of showing: control
/// characters (C0, DEL, C1), marks and overrides of direction (Unicode UAX #9), line and paragraph
/// separators.
bool is_control(std::uint32_t code_point);

/// Whether text, of UTF-8 or not, holds something that printable() would escape, line ends included.
bool is_printable(std::string_view text);

enum class line_ends { escaped, kept };

/// Text of others (a plugin, a results file, a data file) for a terminal: control characters and bytes that
/// are not UTF-8 become visible escapes: \x1b, \u009b, \u202e, and \xff for a byte. Text that is printable
/// already stays as it is, so that it may be applied twice. Valid JSON stays valid.
std::string printable(std::string_view text, line_ends ends = line_ends::escaped);

}  // namespace ravine
