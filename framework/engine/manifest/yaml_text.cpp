#include "manifest/yaml_text.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"
#include "manifest/yaml_value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Whether Unicode defines that the code point is never a character.
bool is_noncharacter(std::uint32_t point) {
  return (point & 0xFFFEU) == 0xFFFEU || (point >= 0xFDD0 && point <= 0xFDEF);
}

/// A tab or a line's end.
bool is_white(std::uint32_t point) { return point == '\t' || point == '\n' || point == '\r'; }

/// Whether `text` starts with a control character; a carriage return is part of a line's end, or is one.
bool starts_with_control(std::string_view text) {
  const auto byte = static_cast<std::uint8_t>(text.front());
  const bool white = text.front() == '\t' || text.front() == '\n' || text.starts_with("\r\n");
  return (byte < 0x20 && !white) || byte == 0x7F;
}

}  // namespace

void check_yaml_text(std::string_view text) {
  if (text.size() > yaml_size_limit) {
    throw yaml_error({}, fmt::format("{} bytes is too long for a manifest, which may have {} bytes",
                                     text.size(), yaml_size_limit));
  }
  place at;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text.substr(i));
    if (length == 0) throw yaml_error(at, "not UTF-8; save the file as UTF-8");
    if (starts_with_control(text.substr(i))) {
      if (text[i] == '\r') {
        throw yaml_error(
            at, "a carriage return without a line feed; save the file with the line ends of Unix or Windows");
      }
      throw yaml_error(at, fmt::format("control character 0x{:02x}; a manifest is plain text", text[i]));
    }
    at = text[i] == '\n' ? place{at.line + 1, 1} : place{at.line, at.column + length};
    i += length;
  }
}

void check_characters(std::string_view scalar, const place& at) {
  for (std::size_t i = 0; i < scalar.size();) {
    const std::size_t length = std::max<std::size_t>(character_length(scalar.substr(i)), 1);
    const std::uint32_t point = code_point(scalar.substr(i), length);
    if (is_noncharacter(point)) {
      throw yaml_error(at, fmt::format("U+{:04X} is not a character; remove it from this text", point));
    }
    if (is_control(point) && !is_white(point)) {
      throw yaml_error(at, fmt::format("U+{:04X} is a control character; remove it from this text", point));
    }
    i += length;
  }
}

bool is_unclosed(std::string_view text, std::size_t begin) {
  text.remove_prefix(std::min(begin, text.size()));
  constexpr std::string_view white = " \t\r\n";
  while (text.starts_with('&') || text.starts_with('!')) {
    text.remove_prefix(std::min(text.find_first_of(white), text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(white), text.size()));
  }
  if (!text.starts_with('"') && !text.starts_with('\'')) return false;
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool doubled = quote == '\'' && text.substr(i, 2) == "''";
    const bool escaped = quote == '"' && text[i] == '\\';
    if (doubled || escaped) {
      ++i;
    } else if (text[i] == quote) {
      return false;
    }
  }
  return true;
}

}  // namespace ravine
