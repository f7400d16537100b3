#include "manifest/json_schema.hpp"

#include "data/data_source.hpp"

#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using nlohmann::json;

json described(json schema, const std::string& description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}

/// A block with known keys; an empty value counts as one.
json block_of(json properties) {
  return {
      {"type", {"object", "null"}}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

json list_of(json items) { return {{"type", "array"}, {"items", std::move(items)}, {"minItems", 1}}; }

json any_of(std::vector<json> schemas) { return {{"anyOf", std::move(schemas)}}; }

json text() { return {{"type", {"string", "number", "boolean"}}}; }
json positive() { return {{"type", "number"}, {"exclusiveMinimum", 0}}; }
json number() { return {{"type", "number"}}; }
json flag() { return {{"type", "boolean"}}; }
json count_from(int least) { return {{"type", "integer"}, {"minimum", least}}; }
json one_of_names(const std::vector<std::string>& names) { return {{"enum", names}}; }

json bounded(json schema, const hyperparameter& declared) {
  if (std::isfinite(declared.minimum)) {
    schema[declared.open_below ? "exclusiveMinimum" : "minimum"] = declared.minimum;
  }
  if (std::isfinite(declared.maximum)) {
    schema[declared.open_above ? "exclusiveMaximum" : "maximum"] = declared.maximum;
  }
  return schema;
}

json default_of(const setting& value) {
  return std::visit([](const auto& held) { return json(held); }, value);
}

json value_of(const hyperparameter& declared) {
  switch (declared.type) {
    case hyperparameter_type::real:
      return bounded({{"type", "number"}}, declared);
    case hyperparameter_type::integer:
      return bounded({{"type", "integer"}}, declared);
    case hyperparameter_type::boolean:
      return flag();
    case hyperparameter_type::choice:
      return one_of_names(declared.choices);
    case hyperparameter_type::integer_list:
      return {{"type", "array"}, {"items", bounded({{"type", "integer"}}, declared)}};
  }
  return true;
}

/// The value, or an expression that tries several.
json searched(const json& value) {
  std::vector<json> forms{value};
  for (const char* key : {"grid", "choice"}) {
    json expression = block_of({{key, list_of(value)}});
    expression["required"] = {key};
    expression["type"] = "object";
    forms.push_back(std::move(expression));
  }
  const bool is_number = value.contains("type") && (value["type"] == "number" || value["type"] == "integer");
  for (const char* key : {"uniform", "log_uniform", "int_uniform"}) {
    if (!is_number) break;
    json expression =
        block_of({{key, {{"type", "array"}, {"items", number()}, {"minItems", 2}, {"maxItems", 2}}}});
    expression["required"] = {key};
    expression["type"] = "object";
    forms.push_back(std::move(expression));
  }
  return any_of(std::move(forms));
}

enum class search_form { allowed, refused };

json with_of(const component& which, search_form search) {
  json keys = json::object();
  for (const hyperparameter& each : which.hyperparameters) {
    json value = value_of(each);
    json entry = search == search_form::allowed ? searched(value) : std::move(value);
    entry["default"] = default_of(each.default_value);
    keys[each.name] = described(std::move(entry), each.doc);
  }
  return block_of(std::move(keys));
}

json with_of(const data_source& source) {
  json keys = json::object();
  for (const data_option& each : source.options) {
    const bool is_number = std::holds_alternative<std::int64_t>(each.default_value);
    json value =
        is_number ? json{{"type", "integer"}, {"minimum", each.minimum}, {"maximum", each.maximum}} : text();
    keys[each.name] = described(searched(value), each.doc);
  }
  return block_of(std::move(keys));
}

/// "if use is this, then …".
json when_used(const std::string& id, json then) {
  return {{"if", {{"properties", {{"use", {{"const", id}}}}}, {"required", {"use"}}}},
          {"then", {{"properties", std::move(then)}}}};
}

/// A block that names a component under `use`, with what its hyperparameters may be.
json using_block(const registry& plugins, component_kind kind, search_form search, json keys) {
  json ids = json::array(), cases = json::array();
  for (const component* each : plugins.all(kind)) {
    ids.push_back(described({{"const", each->id}}, each->summary));
    cases.push_back(when_used(each->id, {{"with", with_of(*each, search)}}));
  }
  keys["use"] = {{"anyOf", std::move(ids)}};
  keys["with"] = json::object();
  json made = block_of(std::move(keys));
  made["type"] = "object";
  made["required"] = {"use"};
  if (!cases.empty()) made["allOf"] = std::move(cases);
  return made;
}

json length() {
  json made = block_of({{"epochs", positive()}, {"steps", count_from(1)}});
  made["type"] = "object";
  made["minProperties"] = 1;
  made["maxProperties"] = 1;
  return made;
}

json train() {
  return block_of({{"epochs", positive()},
                   {"steps", count_from(1)},
                   {"evaluations", count_from(1)},
                   {"seconds", positive()},
                   {"batch_size", searched(any_of({count_from(1), {{"const", "full"}}}))},
                   {"clip", block_of({{"norm", positive()}, {"value", positive()}})},
                   {"scale_lr_with_batch", block_of({{"reference", count_from(1)}})}});
}

json evaluate() {
  json share = {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1}};
  return block_of({{"every", length()},
                   {"target", block_of({{"loss", number()},
                                        {"train_loss", number()},
                                        {"validation_loss", number()},
                                        {"validation_accuracy", share},
                                        {"test_loss", number()},
                                        {"test_accuracy", share}})},
                   {"stop_at_target", flag()}});
}

json data() {
  json ids = json::array(), cases = json::array();
  for (const data_source& each : data_sources()) {
    ids.push_back(described({{"const", each.name}}, each.summary));
    cases.push_back(when_used(each.name, {{"with", with_of(each)}}));
  }
  json made = block_of({{"use", {{"anyOf", std::move(ids)}}}, {"with", json::object()}});
  made["allOf"] = std::move(cases);
  return made;
}

json problem(const registry& plugins) {
  return using_block(plugins, component_kind::model, search_form::allowed,
                     {{"label", text()},
                      {"data", data()},
                      {"dtype", one_of_names({"f32", "f64"})},
                      {"start", list_of(number())},
                      {"instance", block_of({{"rotate", flag()}, {"shift", flag()}})},
                      {"noise", {{"type", "number"}, {"minimum", 0}}},
                      {"train", {{"$ref", "#/$defs/train"}}},
                      {"evaluate", {{"$ref", "#/$defs/evaluate"}}}});
}

json stage(const registry& plugins) {
  return using_block(plugins, component_kind::scheduler, search_form::refused,
                     {{"for", length()}, {"by", one_of_names({"step", "epoch"})}});
}

json optimizer(const registry& plugins) {
  json made = using_block(plugins, component_kind::optimizer, search_form::allowed,
                          {{"label", text()},
                           {"on", any_of({text(), list_of(text())})},
                           {"search", {{"const", "default"}}},
                           {"schedule", json::object()}});
  for (const component* each : plugins.all(component_kind::optimizer)) {
    json keys = json::object();
    for (const hyperparameter& declared : each->hyperparameters) {
      if (declared.schedulable) keys[declared.name] = {{"$ref", "#/$defs/schedule"}};
    }
    made["allOf"].push_back(when_used(each->id, {{"schedule", block_of(std::move(keys))}}));
  }
  return made;
}

json tuning() {
  return block_of(
      {{"method", one_of_names({"grid", "random", "sobol"})},
       {"trials", count_from(1)},
       {"metric", one_of_names({"validation_loss", "validation_accuracy", "train_loss", "loss"})}});
}

}  // namespace

json manifest_schema(const registry& plugins) {
  json schema = block_of({{"name", text()},
                          {"description", true},
                          {"seed", count_from(0)},
                          {"repetitions", count_from(1)},
                          {"problems", list_of({{"$ref", "#/$defs/problem"}})},
                          {"train", {{"$ref", "#/$defs/train"}}},
                          {"evaluate", {{"$ref", "#/$defs/evaluate"}}},
                          {"optimizers", list_of({{"$ref", "#/$defs/optimizer"}})},
                          {"threads_per_trial", count_from(1)},
                          {"checkpoint", block_of({{"every", length()}})},
                          {"limits", block_of({{"seconds", positive()}, {"memory", text()}})},
                          {"tuning", tuning()}});
  schema["type"] = "object";
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Ravine manifest";
  schema["required"] = {"problems", "optimizers"};
  schema["$defs"] = {
      {"problem", problem(plugins)},
      {"optimizer", optimizer(plugins)},
      {"train", train()},
      {"evaluate", evaluate()},
      {"stage", stage(plugins)},
      {"schedule", any_of({{{"$ref", "#/$defs/stage"}}, list_of({{"$ref", "#/$defs/stage"}})})}};
  return schema;
}

}  // namespace ravine
