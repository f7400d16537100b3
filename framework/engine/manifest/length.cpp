#include "manifest/length.hpp"

#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

/// Far beyond any training, and still exact when epochs are turned into steps.
constexpr std::int64_t most_steps = 1'000'000'000'000;
constexpr double longest = 1e9;  // epochs or seconds

std::optional<amount> read_count(const yaml_value& value, const std::string& name, cost_unit unit,
                                 diagnostics& errors) {
  if (unit == cost_unit::steps || unit == cost_unit::evaluations) {
    const auto count = read_integer(value, name, {1, most_steps}, errors);
    if (!count) return std::nullopt;
    return amount{static_cast<double>(*count), unit};
  }
  const auto count = read_real(value, name, real_range::positive, errors);
  if (count && *count > longest) expected(value, name, fmt::format("at most {:.0f}", longest), errors);
  if (!count || *count > longest) return std::nullopt;
  return amount{*count, unit};
}

}  // namespace

std::vector<std::string> unit_names(std::initializer_list<cost_unit> units) {
  std::vector<std::string> names;
  for (const cost_unit unit : units) names.emplace_back(to_string(unit));
  return names;
}

std::optional<located<amount>> find_length(const block& in, std::initializer_list<cost_unit> units,
                                           diagnostics& errors) {
  const yaml_value* first = nullptr;
  std::optional<located<amount>> length;
  for (const cost_unit unit : units) {
    const yaml_value* const value = in[to_string(unit)];
    if (value == nullptr) continue;
    if (first != nullptr) {
      errors.add(value->at, fmt::format("{}: expected one of {}, not two of them", in.name(),
                                        fmt::join(unit_names(units), ", ")));
      continue;
    }
    first = value;
    const auto read = read_count(*value, fmt::format("{}.{}", in.name(), to_string(unit)), unit, errors);
    if (read) length = located<amount>{*read, value->at};
  }
  return length;
}

std::optional<located<amount>> read_length(const yaml_value& value, const std::string& name,
                                           diagnostics& errors) {
  const auto units = {cost_unit::epochs, cost_unit::steps};
  const block in(value, name, unit_names(units), errors);
  if (!in.valid()) return std::nullopt;
  if (value.items.empty()) expected(value, name, "{epochs: …} or {steps: …}", errors);
  return find_length(in, units, errors);
}

}  // namespace ravine
