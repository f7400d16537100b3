#include "manifest/search.hpp"

#include "manifest/block.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

using distribution = search_range::distribution;

/// One end of an interval.
std::optional<double> read_end(const yaml_value& value, const std::string& name, const value_grammar& allowed,
                               diagnostics& errors) {
  if (allowed.type == value_grammar::form::real) return read_real(value, name, allowed, errors);
  const auto whole = read_integer(value, name, allowed, errors);
  return whole ? std::optional(static_cast<double>(std::get<std::int64_t>(*whole))) : std::nullopt;
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
         std::ranges::any_of(intervals, [&](const auto& each) { return value.find(each.name) != nullptr; });
}

std::optional<search_range> read_range(const yaml_value& expression, std::string_view name,
                                       diagnostics& errors) {
  const auto interval = std::ranges::find_if(
      intervals, [&](const auto& each) { return expression.find(each.name) != nullptr; });
  const block in(expression, std::string(name), grammar::search, errors);
  const auto* const ends = in.list(interval->name);
  if (ends == nullptr) return std::nullopt;
  const std::string path = in.path(interval->name);
  const value_grammar& allowed = in.allowed(interval->name);
  const auto low = read_end(ends->front(), path, allowed, errors);
  const auto high = read_end(ends->back(), path, allowed, errors);
  if (!low || !high) return std::nullopt;
  if (*low >= *high) {
    errors.add(in[interval->name]->at, fmt::format("{}: {} is not below {}", path, *low, *high));
    return std::nullopt;
  }
  return search_range{interval->value, *low, *high};
}

std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name,
                                            diagnostics& errors) {
  if (value.type != yaml_value::kind::block) return {&value};
  const block in(value, std::string(name), grammar::search, errors);
  const std::string_view key = in["grid"] != nullptr ? "grid" : "choice";
  if (in[key] == nullptr) {
    expected(value, name, "a value, {grid: […]} or {choice: […]}", errors);
    return {};
  }
  std::vector<const yaml_value*> all;
  if (const auto* items = in.list(key)) {
    for (const yaml_value& item : *items) all.push_back(&item);
  }
  return all;
}

}  // namespace ravine
