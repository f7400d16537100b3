#include "manifest/yaml_text.hpp"

#include "manifest/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Bytes of the character that starts `text`; 0 if it is not UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_high = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

/// The code point of the character of that length that starts `text`.
std::uint32_t code_point(std::string_view text, std::size_t length) {
  constexpr std::array<std::uint32_t, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t point = static_cast<std::uint8_t>(text.front()) & lead_bits.at(length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6U | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  return point;
}

/// Whether Unicode defines that the code point is never a character.
bool is_noncharacter(std::uint32_t point) {
  return (point & 0xFFFEU) == 0xFFFEU || (point >= 0xFDD0 && point <= 0xFDEF);
}

/// Whether `text` starts with a control character; a carriage return is part of a line's end, or is one.
bool is_control(std::string_view text) {
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
    if (is_control(text.substr(i))) {
      throw yaml_error(at, fmt::format("control character 0x{:02x}; a manifest is plain text", text[i]));
    }
    at = text[i] == '\n' ? place{at.line + 1, 1} : place{at.line, at.column + length};
    i += length;
  }
}

void check_characters(std::string_view scalar, const place& at) {
  for (std::size_t i = 0; i < scalar.size();) {
    const std::size_t length = std::max<std::size_t>(character_length(scalar.substr(i)), 1);
    if (const std::uint32_t point = code_point(scalar.substr(i), length); is_noncharacter(point)) {
      throw yaml_error(at, fmt::format("U+{:04X} is not a character; remove it from this text", point));
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
