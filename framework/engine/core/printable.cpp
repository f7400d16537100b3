#include "core/printable.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace ravine {
namespace {

/// The character that starts a text, or a byte that is none.
struct first_character {
  std::size_t length;
  std::uint32_t point;
  bool is_valid;

  explicit first_character(std::string_view text)
      : length(std::max<std::size_t>(character_length(text), 1)),
        point(static_cast<std::uint8_t>(text.front())),
        is_valid(character_length(text) != 0) {
    if (is_valid) point = code_point(text, length);
  }
  bool shows() const { return is_valid && !is_control(point); }
  std::string escape() const {
    // Below DEL no JSON text has any but line ends, and from there on it knows \u.
    return is_valid && point >= 0x7F ? fmt::format("\\u{:04x}", point) : fmt::format("\\x{:02x}", point);
  }
};

}  // namespace

bool is_control(std::uint32_t code_point) {
  const auto within = [=](std::uint32_t first, std::uint32_t last) {
    return code_point >= first && code_point <= last;
  };
  return code_point < 0x20 || within(0x7F, 0x9F) || code_point == 0x061C || within(0x200E, 0x200F) ||
         within(0x2028, 0x202E) || within(0x2066, 0x2069);
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const first_character first(text);
    if (!first.shows()) return false;
    text.remove_prefix(first.length);
  }
  return true;
}

std::string printable(std::string_view text, line_ends ends) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const first_character first(text);
    const bool kept = first.shows() || (first.point == '\n' && ends == line_ends::kept);
    if (kept) {
      shown += text.substr(0, first.length);
    } else {
      shown += first.escape();
    }
    text.remove_prefix(first.length);
  }
  return shown;
}

}  // namespace ravine
