#include "manifest/use.hpp"

#include "core/nearest.hpp"
#include "manifest/values.hpp"

#include <fmt/format.h>

namespace ravine {
namespace {

/// What else the name is, or what was probably meant.
std::string advice(const std::string& id, component_kind kind, const registry& plugins) {
  for (const component_kind other : component_kinds) {
    if (const component* const found = plugins.find(other, id))
      return fmt::format("; {} is {} {}", id, other == component_kind::optimizer ? "an" : "a",
                         word_for(*found));
  }
  if (kind == component_kind::model && find_data_source(id) != nullptr) {
    return fmt::format("; {} is a data source: {{use: MODEL, data: {{use: {}}}}}", id, id);
  }
  if (std::string optional = advice_on_optional(kind, id); !optional.empty()) return optional;
  std::vector<std::string> ids;
  for (const component* each : plugins.all(kind)) ids.push_back(each->id);
  if (ids.empty()) return "; none was found at all: see ravine plugins for where they are looked for";
  return expected_name(id, ids);
}

/// The text under `use`. That it is missing, or the value no block, is reported where the block is read.
std::optional<std::string> read_use(const yaml_value& value, const std::string& name, diagnostics& errors) {
  const yaml_value* const use = value.find("use");
  return use == nullptr ? std::nullopt : read_text(*use, name + ".use", errors);
}

}  // namespace

const component* read_component(const yaml_value& value, const std::string& name, component_kind kind,
                                const registry& plugins, diagnostics& errors) {
  const auto id = read_use(value, name, errors);
  if (!id) return nullptr;
  const component* const which = plugins.find(kind, *id);
  if (which == nullptr) {
    errors.add(value.find("use")->at,
               fmt::format("{}.use: there is no {} {}{}", name, to_string(kind),
                           found_text(*value.find("use")), advice(*id, kind, plugins)));
  }
  return which;
}

const data_source* read_source(const yaml_value& value, const std::string& name, diagnostics& errors) {
  const auto use = read_use(value, name, errors);
  if (!use) return nullptr;
  const data_source* const which = find_data_source(*use);
  if (which == nullptr) {
    std::vector<std::string> names;
    for (const data_source& each : data_sources()) names.push_back(each.name);
    errors.add(value.find("use")->at,
               fmt::format("{}.use: there is no data source {}{}", name, found_text(*value.find("use")),
                           expected_name(*use, names)));
  }
  return which;
}

}  // namespace ravine
