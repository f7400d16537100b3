#pragma once

#include "core/scalar.hpp"
#include "manifest/yaml_value.hpp"

#include <variant>

#include <nlohmann/json.hpp>

namespace ravine::testing {

/// A manifest as an editor's JSON Schema validator sees it.
inline nlohmann::json as_json(const yaml_value& value) {
  using nlohmann::json;
  switch (value.type) {
    case yaml_value::kind::null:
      return nullptr;
    case yaml_value::kind::quoted:
      return value.text;
    case yaml_value::kind::plain:
      return std::visit([](const auto& held) { return json(held); }, parse_scalar(value.text));
    case yaml_value::kind::list: {
      json list = json::array();
      for (const yaml_value& each : value.items) list.push_back(as_json(each));
      return list;
    }
    case yaml_value::kind::block: {
      json block = json::object();
      for (std::size_t i = 0; i < value.keys.size(); ++i) block[value.keys[i].text] = as_json(value.items[i]);
      return block;
    }
  }
  return nullptr;
}

}  // namespace ravine::testing
