#include "report/short_numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace ravine {

double short_number(double value, int digits) {
  if (!std::isfinite(value) || value == std::trunc(value)) return value;
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, digits - 1);
  double rounded = 0;
  std::from_chars(text.data(), written.ptr, rounded);
  return rounded;
}

nlohmann::json short_numbers(std::span<const double> values, int digits) {
  nlohmann::json all = nlohmann::json::array();
  for (const double value : values) {
    // A whole number is written as one: 1200, not 1200.0.
    constexpr double largest_exact = 9e15;
    if (value == std::trunc(value) && std::abs(value) < largest_exact) {
      all.push_back(static_cast<std::int64_t>(value));
    } else {
      all.push_back(short_number(value, digits));
    }
  }
  return all;
}

}  // namespace ravine
