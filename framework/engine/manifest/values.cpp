#include "manifest/values.hpp"

#include "core/nearest.hpp"
#include "core/printable.hpp"
#include "core/scalar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

constexpr double largest_size = 0x1p50;  // bytes

constexpr std::array<std::pair<std::string_view, double>, 7> size_units{
    {{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}}};

/// The text in a single line of bounded length, cut between characters of UTF-8.
std::string shortened(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::size_t end = std::min(text.size(), limit);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  const std::string line = printable(text.substr(0, end));
  return end < text.size() ? line + "…" : line;
}

bool is_in_range(double number, const value_grammar& allowed) {
  const bool above = allowed.above_minimum ? number > allowed.minimum : number >= allowed.minimum;
  return above && number <= allowed.maximum;
}

std::optional<std::string_view> find_word(const yaml_value& value, const value_grammar& allowed) {
  if (!value.is_scalar()) return std::nullopt;
  const auto word = std::ranges::find(allowed.words, value.text);
  return word == allowed.words.end() ? std::nullopt : std::optional(*word);
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

void expected(const yaml_value& value, std::string_view name, std::string_view expectation,
              diagnostics& errors) {
  const std::string hint = value.type == yaml_value::kind::plain ? number_hint(value.text) : "";
  errors.add(value.at,
             fmt::format("{}: found {}, expected {}{}", name, found_text(value), expectation, hint));
}

std::optional<std::int64_t> whole_number(const yaml_value& value) {
  if (value.type != yaml_value::kind::plain) return std::nullopt;
  if (const auto integer = parse_integer(value.text)) return integer;
  const auto real = parse_real(value.text);
  if (!real || std::trunc(*real) != *real || std::abs(*real) > value_grammar::exact_limit)
    return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::string> read_text(const yaml_value& value, std::string_view name, diagnostics& errors) {
  if (value.is_scalar() && !value.text.empty() && is_printable(value.text)) return value.text;
  expected(value, name, describe({.type = value_grammar::form::text}), errors);
  return std::nullopt;
}

std::optional<setting> read_integer(const yaml_value& value, std::string_view name,
                                    const value_grammar& allowed, diagnostics& errors) {
  if (const auto word = find_word(value, allowed)) return setting(std::string(*word));
  const auto number = whole_number(value);
  if (number && is_in_range(static_cast<double>(*number), allowed)) return setting(*number);
  expected(value, name, describe(allowed), errors);
  return std::nullopt;
}

std::optional<double> read_real(const yaml_value& value, std::string_view name, const value_grammar& allowed,
                                diagnostics& errors) {
  const auto number = value.type == yaml_value::kind::plain ? parse_real(value.text) : std::nullopt;
  if (number && is_in_range(*number, allowed)) return number;
  const bool percent = number && allowed.maximum == 1 && *number > 1 && *number <= 100;
  expected(value, name, describe(allowed) + (percent ? fmt::format(", such as {}", *number / 100) : ""),
           errors);
  return std::nullopt;
}

std::optional<bool> read_flag(const yaml_value& value, std::string_view name, diagnostics& errors) {
  if (value.type == yaml_value::kind::plain) {
    const setting meant = parse_scalar(value.text);
    if (const bool* flag = std::get_if<bool>(&meant)) return *flag;
  }
  expected(value, name, describe({.type = value_grammar::form::flag}), errors);
  return std::nullopt;
}

std::optional<std::string_view> read_word(const yaml_value& value, std::string_view name,
                                          const value_grammar& allowed, std::string_view hint,
                                          diagnostics& errors) {
  const auto word = find_word(value, allowed);
  if (word) return word;
  const std::vector<std::string> words(allowed.words.begin(), allowed.words.end());
  const std::string meant = value.is_scalar() && hint.empty() ? did_you_mean(value.text, words) : "";
  expected(value, name, fmt::format("{}{}{}", describe(allowed), hint, meant), errors);
  return std::nullopt;
}

std::optional<std::uint64_t> read_size(const yaml_value& value, std::string_view name, diagnostics& errors) {
  const std::string_view text = value.is_scalar() ? std::string_view(value.text) : "";
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::size_t letters = std::min(text.find_first_not_of(' ', digits), text.size());
  const auto number = parse_real(text.substr(0, digits));
  const auto unit =
      std::ranges::find(size_units, text.substr(letters), [](const auto& u) { return u.first; });
  if (number && unit != size_units.end()) {
    const double bytes = std::floor(*number * unit->second);
    if (bytes >= 1 && bytes <= largest_size) return static_cast<std::uint64_t>(bytes);
  }
  expected(value, name, describe({.type = value_grammar::form::size}), errors);
  return std::nullopt;
}

std::string size_pattern() {
  std::array<std::string_view, size_units.size()> names;
  std::ranges::transform(size_units, names.begin(), [](const auto& unit) { return unit.first; });
  return fmt::format("^[0-9.]+ *({})$", fmt::join(names, "|"));
}

const std::vector<yaml_value>* read_list(const yaml_value& value, std::string_view name,
                                         const value_grammar& allowed, diagnostics& errors) {
  const std::size_t entries = value.items.size();
  const bool is_list = value.type == yaml_value::kind::list;
  if (is_list && entries >= allowed.least_entries && entries <= allowed.most_entries) return &value.items;
  if (allowed.least_entries == 2 && allowed.most_entries == 2) {
    expected(value, name, "the two ends: [low, high]", errors);
  } else if (is_list && entries > allowed.most_entries) {
    errors.add(value.at,
               fmt::format("{}: found {} entries, expected at most {}", name, entries, allowed.most_entries));
  } else {
    expected(value, name, "a list with at least one entry", errors);
  }
  return nullptr;
}

}  // namespace ravine
