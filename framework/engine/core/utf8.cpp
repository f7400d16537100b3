#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ravine {
namespace {

struct range {
  std::uint32_t first, last;
};

// The blocks of Unicode 15's General_Category Mn and Cf, and of East_Asian_Width W and F, that labels have.
constexpr std::array<range, 22> combining{
    {{0x0300, 0x036F},   {0x0483, 0x0489},  {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
     {0x0900, 0x0902},   {0x093C, 0x093C},  {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
     {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E},  {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
     {0x2060, 0x2064},   {0x20D0, 0x20F0},  {0x302A, 0x302D}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
     {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF}}};
constexpr std::array<range, 15> wide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0xA4CF},
                                      {0xA960, 0xA97C},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF01, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1F64F},
                                      {0x1F680, 0x1F6C5},
                                      {0x1F900, 0x1F9FF},
                                      {0x20000, 0x3FFFD}}};

bool is_in(std::span<const range> ranges, std::uint32_t point) {
  const auto found = std::ranges::lower_bound(ranges, point, {}, &range::last);
  return found != ranges.end() && found->first <= point;
}

}  // namespace

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

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::uint32_t code_point(std::string_view text, std::size_t length) {
  constexpr std::array<std::uint32_t, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t point = static_cast<std::uint8_t>(text.front()) & lead_bits.at(length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6U | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  return point;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      ++width;
      text.remove_prefix(1);
      continue;
    }
    const std::uint32_t point = code_point(text, length);
    width += is_in(combining, point) ? 0 : is_in(wide, point) ? 2 : 1;
    text.remove_prefix(length);
  }
  return width;
}

}  // namespace ravine
