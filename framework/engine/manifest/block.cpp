#include "manifest/block.hpp"

#include "core/nearest.hpp"
#include "core/scalar.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

/// Whole numbers up to here are exact as doubles.
constexpr double exact_limit = 9007199254740992.0;  // 2^53

/// The text in a single line of bounded length, cut between characters of UTF-8.
std::string shortened(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::size_t end = std::min(text.size(), limit);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string line(text.substr(0, end));
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return end < text.size() ? line + "…" : line;
}

std::string describe(integer_range range) {
  constexpr auto unlimited = static_cast<std::int64_t>(exact_limit);
  if (range.maximum >= unlimited) return fmt::format("a whole number, at least {}", range.minimum);
  return fmt::format("a whole number from {} to {}", range.minimum, range.maximum);
}

}  // namespace

std::string found_text(const yaml_value& value) {
  switch (value.type) {
    case yaml_value::kind::null:
      return "nothing";
    case yaml_value::kind::plain:
      return shortened(value.text);
    case yaml_value::kind::quoted:
      return '"' + shortened(value.text) + '"';
    case yaml_value::kind::list:
      return value.items.empty() ? "an empty list" : "a list";
    case yaml_value::kind::block:
      return "a block";
  }
  return {};
}

void expected(const yaml_value& value, std::string_view name, std::string_view what, diagnostics& errors) {
  const std::string hint = value.type == yaml_value::kind::plain ? number_hint(value.text) : "";
  errors.add(value.at, fmt::format("{}: found {}, expected {}{}", name, found_text(value), what, hint));
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& valid) {
  if (valid.empty()) return {};
  const std::string near = nearest(name, valid);
  if (!near.empty()) return fmt::format("; did you mean {}?", near);
  return fmt::format("; expected one of: {}", fmt::join(valid, ", "));
}

block::block(const yaml_value& value, std::string name, std::vector<std::string> keys, diagnostics& errors,
             const std::vector<std::string>& inner)
    : value_(&value),
      name_(std::move(name)),
      valid_(value.type == yaml_value::kind::block || value.type == yaml_value::kind::null) {
  if (!valid_) {
    expected(value, name_, keys.empty() ? "a block" : fmt::format("a block such as {{{}: …}}", keys.front()),
             errors);
    return;
  }
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const yaml_value& key = value.keys[i];
    if (!key.is_scalar()) {
      expected(key, name_, "a key", errors);
    } else if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) {
      const bool deeper = std::find(inner.begin(), inner.end(), key.text) != inner.end();
      errors.add(key.at, deeper
                             ? fmt::format("{}: {} belongs under with: {{{}: …}}", name_, key.text, key.text)
                             : fmt::format("{}: unknown key {}{}", name_, found_text(key),
                                           keys.empty() ? "; it has none" : did_you_mean(key.text, keys)));
    } else if (value.find(key.text) != &value.items[i]) {
      errors.add(key.at, fmt::format("{}: the key {} is there twice", name_, key.text));
    }
  }
}

const std::vector<yaml_value>* read_list(const yaml_value& value, std::string_view name,
                                         diagnostics& errors) {
  if (value.type == yaml_value::kind::list && !value.items.empty()) return &value.items;
  expected(value, name, "a list with at least one entry", errors);
  return nullptr;
}

const std::vector<yaml_value>* read_entries(const yaml_value& value, std::string_view name,
                                            diagnostics& errors) {
  const auto* const items = read_list(value, name, errors);
  if (items == nullptr || items->size() <= entry_limit) return items;
  errors.add(value.at,
             fmt::format("{}: found {} entries, expected at most {}", name, items->size(), entry_limit));
  return nullptr;
}

std::optional<std::string> read_text(const yaml_value& value, std::string_view name, diagnostics& errors) {
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (value.is_scalar() && !value.text.empty() &&
      std::none_of(value.text.begin(), value.text.end(), control)) {
    return value.text;
  }
  expected(value, name, "text in one line", errors);
  return std::nullopt;
}

std::optional<std::int64_t> whole_number(const yaml_value& value) {
  if (value.type != yaml_value::kind::plain) return std::nullopt;
  if (const auto integer = parse_integer(value.text)) return integer;
  const auto real = parse_real(value.text);
  if (!real || std::trunc(*real) != *real || std::abs(*real) > exact_limit) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::int64_t> read_integer(const yaml_value& value, std::string_view name, integer_range range,
                                         diagnostics& errors) {
  const auto number = whole_number(value);
  if (number && *number >= range.minimum && *number <= range.maximum) return number;
  expected(value, name, describe(range), errors);
  return std::nullopt;
}

std::optional<double> read_real(const yaml_value& value, std::string_view name, real_range range,
                                diagnostics& errors) {
  const auto number = value.type == yaml_value::kind::plain ? parse_real(value.text) : std::nullopt;
  if (number && (range == real_range::any || *number > 0)) return number;
  expected(value, name, range == real_range::positive ? "a number above 0" : "a number", errors);
  return std::nullopt;
}

std::optional<bool> read_flag(const yaml_value& value, std::string_view name, diagnostics& errors) {
  if (value.type == yaml_value::kind::plain) {
    const setting meant = parse_scalar(value.text);
    if (const bool* flag = std::get_if<bool>(&meant)) return *flag;
  }
  expected(value, name, "true or false", errors);
  return std::nullopt;
}

}  // namespace ravine
