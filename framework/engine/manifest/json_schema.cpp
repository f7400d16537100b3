#include "manifest/json_schema.hpp"

#include "core/scalar.hpp"
#include "data/data_source.hpp"
#include "manifest/grammar.hpp"
#include "manifest/values.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using nlohmann::json;
using form = value_grammar::form;
using arity = value_grammar::arity;
using provider = value_grammar::provider;

json described(json schema, std::string_view description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}

json as_json(const setting& value) {
  return std::visit([](const auto& held) { return json(held); }, value);
}

/// A block with known keys; an empty value counts as one.
json block_of(json properties) {
  return {
      {"type", {"object", "null"}}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

json list_of(json items, std::size_t least = 1, std::size_t most = std::numeric_limits<std::size_t>::max()) {
  json list{{"type", "array"}, {"items", std::move(items)}, {"minItems", least}};
  if (most != std::numeric_limits<std::size_t>::max()) list["maxItems"] = most;
  return list;
}

json any_of(std::vector<json> schemas) { return {{"anyOf", std::move(schemas)}}; }

json reference(std::string_view name) { return {{"$ref", fmt::format("#/$defs/{}", name)}}; }

json reference(const block_grammar& block) { return reference(block.name); }

/// What the schema calls the hyperparameters of a component, and the schedules of an optimizer.
std::string with_name(const component& which) {
  return fmt::format("{}_{}_with", to_string(which.kind), which.id);
}
std::string schedule_name(const component& which) { return which.id + "_schedule"; }

/// A number as it is meant: 1 rather than 1.0.
json bound(double number) {
  if (std::trunc(number) == number && std::abs(number) <= value_grammar::exact_limit)
    return static_cast<std::int64_t>(number);
  return number;
}

struct number_range {
  double minimum, maximum;
  bool open_below, open_above;
};

json number_in(const char* type, const number_range& range) {
  json schema{{"type", type}};
  if (std::isfinite(range.minimum)) {
    schema[range.open_below ? "exclusiveMinimum" : "minimum"] = bound(range.minimum);
  }
  if (std::isfinite(range.maximum)) {
    schema[range.open_above ? "exclusiveMaximum" : "maximum"] = bound(range.maximum);
  }
  return schema;
}

json text() { return {{"type", {"string", "number", "boolean"}}}; }

json value_of(const hyperparameter& declared) {
  const number_range range{declared.minimum, declared.maximum, declared.open_below, declared.open_above};
  switch (declared.type) {
    case hyperparameter_type::real:
      return number_in("number", range);
    case hyperparameter_type::integer:
      return number_in("integer", range);
    case hyperparameter_type::boolean:
      return {{"type", "boolean"}};
    case hyperparameter_type::choice:
      return {{"enum", declared.choices}};
    case hyperparameter_type::integer_list:
      return {{"type", "array"}, {"items", number_in("integer", range)}};
    case hyperparameter_type::file:
      return text();
  }
  return true;
}

json value_of(const data_option& declared) {
  if (std::holds_alternative<bool>(declared.default_value)) return {{"type", "boolean"}};
  if (!declared.choices.empty()) return {{"enum", declared.choices}};
  if (std::holds_alternative<std::string>(declared.default_value)) return text();
  const bool whole = std::holds_alternative<std::int64_t>(declared.default_value);
  return {
      {"type", whole ? "integer" : "number"}, {"minimum", declared.minimum}, {"maximum", declared.maximum}};
}

/// "if use is this, then …".
json when_used(const std::string& id, json then) {
  return {{"if", {{"properties", {{"use", {{"const", id}}}}}, {"required", {"use"}}}},
          {"then", {{"properties", std::move(then)}}}};
}

/// Makes the schema of each block from its grammar, and of `with` from what the plugins declare.
class schema_maker {
 public:
  explicit schema_maker(const registry& plugins) : plugins_(plugins) {}

  /// What `with` and `schedule` hold for each component, by their names.
  json components() const {
    json all = json::object();
    for (const component_kind kind : component_kinds) {
      for (const component* each : plugins_.all(kind)) {
        all[with_name(*each)] = with_of(each->hyperparameters, kind != component_kind::scheduler);
        if (kind == component_kind::optimizer) all[schedule_name(*each)] = schedule_of(*each);
      }
    }
    return all;
  }

  json block(const block_grammar& grammar) const {
    json properties = json::object(), required = json::array(), cases = json::array();
    for (const key_grammar& key : grammar.keys) {
      json value = described(of(key.value), key.description);
      if (!key.fallback.empty()) value["default"] = as_json(parse_scalar(key.fallback));
      properties[key.name] = std::move(value);
      if (!key.instead.empty()) {
        cases.push_back(any_of({{{"required", {key.name}}}, {{"required", {key.instead}}}}));
      } else if (!key.missing.empty()) {
        required.push_back(key.name);
      }
      add_cases(key, cases);
    }
    json made = described(block_of(std::move(properties)), grammar.description);
    if (!required.empty() || grammar.holds == block_grammar::rule::exactly_one) made["type"] = "object";
    if (grammar.holds == block_grammar::rule::exactly_one) made["minProperties"] = made["maxProperties"] = 1;
    if (grammar.holds == block_grammar::rule::at_least_one) made["minProperties"] = 1;
    if (!required.empty()) made["required"] = std::move(required);
    if (!cases.empty()) made["allOf"] = std::move(cases);
    return made;
  }

 private:
  json of(const value_grammar& value) const {
    json one = one_of(value);
    if (value.searchable && value.type != form::with) one = searched(one);
    if (value.nullable) one = any_of({std::move(one), {{"type", "null"}}});
    if (value.count == arity::one || value.type == form::schedule) return one;
    json list = list_of(one, value.least_entries, value.most_entries);
    if (value.count == arity::list) return list;
    if (value.range != nullptr) return any_of({std::move(one), std::move(list), reference(*value.range)});
    return any_of({std::move(one), std::move(list)});
  }

  json one_of(const value_grammar& value) const {
    const number_range range{value.minimum, value.maximum, value.above_minimum, false};
    switch (value.type) {
      case form::text:
        return text();
      case form::prose:
        return {{"type", {"string", "number", "boolean", "null"}}};
      case form::flag:
        return {{"type", "boolean"}};
      case form::integer:
        if (value.words.empty()) return number_in("integer", range);
        return any_of({number_in("integer", range), {{"enum", value.words}}});
      case form::real:
        return number_in("number", range);
      case form::word:
        return {{"enum", value.words}};
      case form::size:
        return {{"type", "string"}, {"pattern", size_pattern()}};
      case form::candidate:
        return json::object();
      case form::use:
        return {{"anyOf", names_of(value.from)}};
      case form::with:
      case form::schedule:
        return json::object();
      case form::block:
        return reference(*value.inner);
    }
    return true;
  }

  /// The value, or an expression that tries several.
  json searched(const json& value) const {
    std::vector<json> forms{value};
    const bool is_number =
        value.contains("type") && (value["type"] == "number" || value["type"] == "integer");
    for (const key_grammar& key : grammar::search.keys) {
      const bool candidates = key.value.type == form::candidate;
      if (!candidates && !is_number) continue;
      json expression = block_of({{key.name, candidates ? list_of(value) : of(key.value)}});
      expression["required"] = {key.name};
      expression["type"] = "object";
      forms.push_back(described(std::move(expression), key.description));
    }
    return any_of(std::move(forms));
  }

  /// What `use` can name, with what each is.
  json names_of(provider from) const {
    json names = json::array();
    if (from == provider::data_source) {
      for (const data_source& each : data_sources()) {
        names.push_back(described({{"const", each.name}}, each.summary));
      }
    } else {
      for (const component* each : plugins_.all(kind_of(from))) {
        names.push_back(described({{"const", each->id}}, each->summary));
      }
    }
    return names;
  }

  /// What a `with` or `schedule` may hold depends on what `use` names.
  void add_cases(const key_grammar& key, json& cases) const {
    const value_grammar& value = key.value;
    if (value.type == form::with && value.from == provider::data_source) {
      for (const data_source& each : data_sources()) {
        cases.push_back(when_used(each.name, {{key.name, with_of(each.options, value.searchable)}}));
      }
    } else if (value.type == form::with) {
      for (const component* each : plugins_.all(kind_of(value.from))) {
        cases.push_back(when_used(each->id, {{key.name, reference(with_name(*each))}}));
      }
    } else if (value.type == form::schedule) {
      for (const component* each : plugins_.all(kind_of(value.from))) {
        cases.push_back(when_used(each->id, {{key.name, reference(schedule_name(*each))}}));
      }
    } else if (value.inner == &grammar::group) {
      for (const component* each : plugins_.all(component_kind::optimizer)) {
        cases.push_back(when_used(each->id, {{key.name, {{"items", kept_by_group(*each)}}}}));
      }
    }
  }

  /// A group without `use` has the optimizer of the rest.
  static json kept_by_group(const component& rest) {
    return {{"if", {{"not", {{"required", {"use"}}}}}},
            {"then",
             {{"properties",
               {{"with", reference(with_name(rest))}, {"schedule", reference(schedule_name(rest))}}}}}};
  }

  template <class Declared>
  json with_of(const std::vector<Declared>& all, bool searchable) const {
    json keys = json::object();
    for (const Declared& each : all) {
      const json plain = value_of(each);
      json entry = described(searchable ? searched(plain) : plain, each.doc);
      if (each.default_value != setting(std::string())) entry["default"] = as_json(each.default_value);
      keys[each.name] = std::move(entry);
    }
    return block_of(std::move(keys));
  }

  static json schedule_of(const component& optimizer) {
    json keys = json::object();
    const json stage = reference(grammar::stage);
    for (const hyperparameter& each : optimizer.hyperparameters) {
      if (each.schedulable) keys[each.name] = any_of({stage, list_of(stage)});
    }
    return block_of(std::move(keys));
  }

  static component_kind kind_of(provider from) {
    return from == provider::model       ? component_kind::model
           : from == provider::optimizer ? component_kind::optimizer
                                         : component_kind::scheduler;
  }

  const registry& plugins_;
};

}  // namespace

json manifest_schema(const registry& plugins) {
  const schema_maker maker(plugins);
  json schema = maker.block(grammar::manifest);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Ravine manifest";
  schema["$defs"] = maker.components();
  for (const block_grammar* block : grammar::blocks()) {
    const bool is_root = block == &grammar::manifest;
    const bool in_place = block == &grammar::search;  // with the values that it searches
    if (!is_root && !in_place) schema["$defs"][block->name] = maker.block(*block);
  }
  return schema;
}

}  // namespace ravine
