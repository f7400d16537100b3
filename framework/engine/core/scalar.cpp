#include "core/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

namespace ravine {
namespace {

bool starts_like_number(std::string_view text) {
  return !text.empty() && ((text.front() >= '0' && text.front() <= '9') || text.front() == '.');
}

std::string_view without_plus(std::string_view text) { return text.starts_with('+') ? text.substr(1) : text; }

template <class Number>
std::optional<Number> parse_all(std::string_view text) {
  if (!starts_like_number(text.starts_with('-') ? text.substr(1) : text)) return std::nullopt;
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// Whether it would be a number if doubles reached further.
bool is_beyond_double(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc::result_out_of_range && end == text.data() + text.size();
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_all<std::int64_t>(without_plus(text));
}

std::optional<double> parse_real(std::string_view text) { return parse_all<double>(without_plus(text)); }

setting parse_scalar(std::string_view text) {
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (const auto integer = parse_integer(text)) return *integer;
  if (const auto real = parse_real(text)) return *real;
  return std::string(text);
}

std::string number_hint(std::string_view text) {
  std::string mended(text);
  if (starts_like_number(text)) {
    std::erase(mended, '_');
    if (mended.size() != text.size() && parse_real(mended)) {
      return fmt::format("; numbers are written without _: {}", mended);
    }
    mended = text;
    std::replace(mended.begin(), mended.end(), ',', '.');
    if (mended != text && parse_real(mended))
      return fmt::format("; decimals are written with a point: {}", mended);
  }
  const std::string_view digits = without_plus(text.starts_with('-') ? text.substr(1) : text);
  if (is_one_of(digits, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}))
    return "; only finite numbers can be used";
  if (starts_like_number(digits) && is_beyond_double(digits))
    return "; the number is out of the range of a double";
  return {};
}

}  // namespace ravine
