#include "manifest/options.hpp"

#include "core/scalar.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

option::form form_of(hyperparameter_type type) {
  switch (type) {
    case hyperparameter_type::integer:
      return option::form::whole_number;
    case hyperparameter_type::choice:
    case hyperparameter_type::file:
      return option::form::text;
    case hyperparameter_type::integer_list:
      return option::form::list;
    case hyperparameter_type::real:
    case hyperparameter_type::boolean:
      break;
  }
  return option::form::other;
}

option::form form_of(const data_option& declared) {
  if (std::holds_alternative<std::int64_t>(declared.default_value)) return option::form::whole_number;
  const bool text = std::holds_alternative<std::string>(declared.default_value);
  return text ? option::form::text : option::form::other;
}

std::optional<setting> list_setting(const yaml_value& value, const std::string& name, diagnostics& errors) {
  std::vector<std::int64_t> numbers;
  for (const yaml_value& item : value.items) {
    if (const auto number = whole_number(item)) {
      numbers.push_back(*number);
    } else {
      expected(item, name, "an integer", errors);
    }
  }
  if (numbers.size() != value.items.size()) return std::nullopt;
  return numbers;
}

/// What was written, not yet checked against the range; empty, with an error, if it has not the right form.
std::optional<setting> as_setting(const yaml_value& value, const option& declared, const std::string& name,
                                  diagnostics& errors) {
  if (value.type == yaml_value::kind::list) {
    if (declared.written == option::form::list) return list_setting(value, name, errors);
    errors.add(value.at, fmt::format("{}: found a list, expected {}; to try several values: {{grid: […]}}",
                                     name, declared.expects));
    return std::nullopt;
  }
  if (!value.is_scalar()) {
    expected(value, name, declared.expects, errors);
    return std::nullopt;
  }
  if (value.type == yaml_value::kind::quoted || declared.written == option::form::text)
    return setting(value.text);
  if (declared.written == option::form::whole_number) {
    if (const auto number = whole_number(value)) return setting(*number);
  }
  return parse_scalar(value.text);
}

std::optional<setting> read_setting(const yaml_value& value, const option& declared, const std::string& name,
                                    diagnostics& errors) {
  const auto written = as_setting(value, declared, name, errors);
  if (!written) return std::nullopt;
  try {
    return declared.check(*written);
  } catch (const error&) {
    expected(value, name, declared.expects, errors);
    return std::nullopt;
  }
}

/// An interval whose ends are valid values.
std::optional<search_range> read_interval(const yaml_value& value, const option& declared,
                                          const std::string& name, diagnostics& errors) {
  const bool is_text = declared.written == option::form::text || declared.written == option::form::list;
  if (is_text) {
    expected(value, name, declared.expects + ", or {choice: […]}", errors);
    return std::nullopt;
  }
  const auto range = read_range(value, name, errors);
  if (!range) return std::nullopt;
  for (const double end : {range->low, range->high}) {
    const bool whole = range->drawn == search_range::distribution::int_uniform;
    try {
      declared.check(whole ? setting(static_cast<std::int64_t>(end)) : setting(end));
    } catch (const error&) {
      errors.add(value.at,
                 fmt::format("{}: {} is in the interval, expected {}", name, end, declared.expects));
      return std::nullopt;
    }
  }
  return range;
}

void read_option(const yaml_value& value, const option& declared, const std::string& name, bool searchable,
                 option_values& into, diagnostics& errors) {
  if (value.type == yaml_value::kind::block && !searchable) {
    expected(value, name, declared.expects + " (no search here)", errors);
    return;
  }
  if (is_range(value)) {
    if (auto range = read_interval(value, declared, name, errors)) {
      into.searched.push_back({declared.name, {}, range});
    }
    return;
  }
  search_axis axis{declared.name, {}};
  for (const yaml_value* each : alternatives(value, name, errors)) {
    auto read = read_setting(*each, declared, name, errors);
    if (!read) continue;
    if (std::find(axis.values.begin(), axis.values.end(), *read) != axis.values.end()) {
      errors.add(each->at, fmt::format("{}: {} is there twice", name, found_text(*each)));
    } else {
      axis.values.push_back(std::move(*read));
    }
  }
  if (axis.values.empty()) return;
  if (value.type == yaml_value::kind::block) {
    into.searched.push_back(std::move(axis));
  } else {
    into.fixed[declared.name] = std::move(axis.values.front());
  }
}

}  // namespace

std::vector<option> options_of(const component& which) {
  std::vector<option> all;
  for (const hyperparameter& each : which.hyperparameters) {
    all.push_back(
        {each.name, form_of(each.type), each.range(), [&each](const setting& v) { return each.check(v); }});
  }
  return all;
}

std::vector<option> options_of(const data_source& which) {
  std::vector<option> all;
  for (const data_option& each : which.options) {
    all.push_back(
        {each.name, form_of(each), each.expects(), [&each](const setting& v) { return each.check(v); }});
  }
  return all;
}

std::vector<std::string> names_of(const std::vector<option>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const option& each : options) names.push_back(each.name);
  return names;
}

option_values read_options(const block& owner, const std::vector<option>& declared) {
  option_values values;
  const yaml_value* const with = owner["with"];
  if (with == nullptr) return values;
  const std::string name = owner.path("with");
  for (const auto& [key, value] : read_entries(*with, name, names_of(declared), owner.errors())) {
    const auto known = std::ranges::find(declared, key->text, &option::name);
    read_option(*value, *known, fmt::format("{}.{}", name, key->text), owner.allowed("with").searchable,
                values, owner.errors());
  }
  return values;
}

}  // namespace ravine
