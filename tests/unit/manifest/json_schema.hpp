#pragma once

#include <algorithm>
#include <cmath>
#include <regex>
#include <string>

#include <nlohmann/json.hpp>

namespace ravine::testing {

/// Checks documents against those keywords of JSON Schema 2020-12 that the manifest's schema uses.
class json_schema {
 public:
  explicit json_schema(nlohmann::json root) : root_(std::move(root)) {}

  bool accepts(const nlohmann::json& document) const { return accepts(root_, document); }

 private:
  using json = nlohmann::json;

  static bool is_type(const json& document, const std::string& type) {
    if (type == "null") return document.is_null();
    if (type == "boolean") return document.is_boolean();
    if (type == "string") return document.is_string();
    if (type == "array") return document.is_array();
    if (type == "object") return document.is_object();
    if (type == "integer") return document.is_number() && std::trunc(document.get<double>()) == document;
    return type == "number" && document.is_number();
  }

  static bool has_type(const json& schema, const json& document) {
    const auto wanted = schema.find("type");
    if (wanted == schema.end()) return true;
    if (wanted->is_string()) return is_type(document, *wanted);
    return std::ranges::any_of(*wanted, [&](const json& each) { return is_type(document, each); });
  }

  static bool in_range(const json& schema, const json& document) {
    if (!document.is_number()) return true;
    const double x = document;
    return x >= schema.value("minimum", x) && x <= schema.value("maximum", x) &&
           !(schema.contains("exclusiveMinimum") && x <= schema["exclusiveMinimum"].get<double>()) &&
           !(schema.contains("exclusiveMaximum") && x >= schema["exclusiveMaximum"].get<double>());
  }

  static bool fits_as_string(const json& schema, const json& document) {
    if (!document.is_string() || !schema.contains("pattern")) return true;
    return std::regex_search(document.get<std::string>(), std::regex(schema["pattern"].get<std::string>()));
  }

  bool fits_as_array(const json& schema, const json& document) const {
    if (!document.is_array()) return true;
    if (document.size() < schema.value("minItems", std::size_t{0})) return false;
    if (document.size() > schema.value("maxItems", document.size())) return false;
    return !schema.contains("items") ||
           std::ranges::all_of(document, [&](const json& each) { return accepts(schema["items"], each); });
  }

  bool fits_as_object(const json& schema, const json& document) const {
    if (!document.is_object()) return true;
    if (document.size() < schema.value("minProperties", std::size_t{0})) return false;
    if (document.size() > schema.value("maxProperties", document.size())) return false;
    for (const auto& name : schema.value("required", json::array())) {
      if (!document.contains(name)) return false;
    }
    for (const auto& [key, value] : document.items()) {
      const bool known = schema.contains("properties") && schema["properties"].contains(key);
      if (known && !accepts(schema["properties"][key], value)) return false;
      if (!known && !schema.value("additionalProperties", true)) return false;
    }
    return true;
  }

  bool accepts(const json& schema, const json& document) const {
    if (schema.is_boolean()) return schema;
    if (schema.contains("$ref")) {
      const std::string path = schema["$ref"];
      return accepts(root_.at(json::json_pointer(path.substr(1))), document);
    }
    if (schema.contains("const") && document != schema["const"]) return false;
    if (schema.contains("enum") && std::ranges::find(schema["enum"], document) == schema["enum"].end())
      return false;
    const auto fits = [&](const json& each) { return accepts(each, document); };
    if (schema.contains("anyOf") && std::ranges::none_of(schema["anyOf"], fits)) return false;
    if (schema.contains("allOf") && !std::ranges::all_of(schema["allOf"], fits)) return false;
    if (schema.contains("if") && fits(schema["if"]) && !fits(schema["then"])) return false;
    if (schema.contains("not") && fits(schema["not"])) return false;
    return has_type(schema, document) && in_range(schema, document) && fits_as_string(schema, document) &&
           fits_as_array(schema, document) && fits_as_object(schema, document);
  }

  json root_;
};

}  // namespace ravine::testing
