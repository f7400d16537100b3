#include "manifest/length.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

std::optional<amount> read_amount(const block& in, const key_grammar& key, cost_unit unit) {
  if (key.value.type == value_grammar::form::integer) {
    const auto count = read_integer(*in[key.name], in.path(key.name), key.value, in.errors());
    return count ? std::optional(amount{static_cast<double>(std::get<std::int64_t>(*count)), unit})
                 : std::nullopt;
  }
  const auto count = read_real(*in[key.name], in.path(key.name), key.value, in.errors());
  return count ? std::optional(amount{*count, unit}) : std::nullopt;
}

}  // namespace

std::optional<cost_unit> find_unit(std::string_view name) {
  for (const cost_unit unit :
       {cost_unit::steps, cost_unit::epochs, cost_unit::evaluations, cost_unit::seconds, cost_unit::share}) {
    if (to_string(unit) == name) return unit;
  }
  return std::nullopt;
}

std::optional<located<amount>> find_length(const block& in) {
  const yaml_value* first = nullptr;
  std::vector<std::string_view> units;
  std::optional<located<amount>> length;
  for (const key_grammar& key : in.grammar().keys) {
    if (find_unit(key.name)) units.push_back(key.name);
  }
  for (const std::string_view name : units) {
    const yaml_value* const value = in[name];
    if (value == nullptr) continue;
    if (first != nullptr) {
      in.errors().add(value->at, fmt::format("{}: expected one of {}, not two of them", in.title(),
                                             fmt::join(units, ", ")));
      continue;
    }
    first = value;
    const auto read = read_amount(in, in.grammar().at(name), *find_unit(name));
    if (read) length = located<amount>{*read, value->at};
  }
  return length;
}

std::optional<located<amount>> read_length(const block& in, std::string_view key) {
  const yaml_value* const value = in[key];
  if (value == nullptr) return std::nullopt;
  const block length(*value, in.path(key), *in.grammar().at(key).value.inner, in.errors());
  if (!length.valid()) return std::nullopt;
  if (value->items.empty()) expected(*value, in.path(key), "{epochs: …} or {steps: …}", in.errors());
  return find_length(length);
}

}  // namespace ravine
