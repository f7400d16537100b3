#include "manifest/search.hpp"

#include "manifest/block.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

using distribution = search_range::distribution;

constexpr std::array<std::pair<std::string_view, distribution>, 3> intervals{
    {{"uniform", distribution::uniform},
     {"log_uniform", distribution::log_uniform},
     {"int_uniform", distribution::int_uniform}}};

/// One end of an interval.
std::optional<double> read_end(const yaml_value& value, distribution drawn, const std::string& name,
                               diagnostics& errors) {
  if (drawn == distribution::log_uniform) return read_real(value, name, real_range::positive, errors);
  if (drawn != distribution::int_uniform) return read_real(value, name, real_range::any, errors);
  const auto whole = whole_number(value);
  if (!whole) expected(value, name, "a whole number", errors);
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

}  // namespace

std::optional<search_range> declared_range(const hyperparameter& declared) {
  const auto make = [&](distribution drawn) {
    return search_range{drawn, declared.search_low, declared.search_high};
  };
  const bool whole = declared.type == hyperparameter_type::integer;
  switch (declared.scale) {
    case search_scale::none:
      return std::nullopt;
    case search_scale::linear:
      return make(whole ? distribution::int_uniform : distribution::uniform);
    case search_scale::log:
      return make(whole ? distribution::int_uniform : distribution::log_uniform);
    case search_scale::log_one_minus:
      return make(distribution::log_one_minus_uniform);
  }
  return std::nullopt;
}

bool is_range(const yaml_value& value) {
  return value.type == yaml_value::kind::block &&
         std::ranges::any_of(intervals, [&](const auto& each) { return value.find(each.first) != nullptr; });
}

std::optional<search_range> read_range(const yaml_value& expression, std::string_view name,
                                       diagnostics& errors) {
  const auto kind = std::ranges::find_if(
      intervals, [&](const auto& each) { return expression.find(each.first) != nullptr; });
  const block in(expression, std::string(name), {std::string(kind->first)}, errors);
  const yaml_value& ends = *in[kind->first];
  const std::string whole = fmt::format("{}.{}", name, kind->first);
  if (ends.type != yaml_value::kind::list || ends.items.size() != 2) {
    expected(ends, whole, "the two ends: [low, high]", errors);
    return std::nullopt;
  }
  const auto low = read_end(ends.items[0], kind->second, whole, errors);
  const auto high = read_end(ends.items[1], kind->second, whole, errors);
  if (!low || !high) return std::nullopt;
  if (*low >= *high) {
    errors.add(ends.at, fmt::format("{}: {} is not below {}", whole, *low, *high));
    return std::nullopt;
  }
  return search_range{kind->second, *low, *high};
}

std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name,
                                            diagnostics& errors) {
  if (value.type != yaml_value::kind::block) return {&value};
  const block expression(value, std::string(name),
                         {"grid", "choice", "uniform", "log_uniform", "int_uniform"}, errors);
  const yaml_value* const grid = expression["grid"];
  const yaml_value* const choice = expression["choice"];
  if ((grid == nullptr) == (choice == nullptr)) {
    expected(value, name, "a value, {grid: […]} or {choice: […]}", errors);
    return {};
  }
  std::vector<const yaml_value*> all;
  if (const auto* items = read_list(grid != nullptr ? *grid : *choice, name, errors)) {
    for (const yaml_value& item : *items) all.push_back(&item);
  }
  return all;
}

}  // namespace ravine
