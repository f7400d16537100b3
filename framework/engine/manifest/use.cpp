#include "manifest/use.hpp"

#include "manifest/block.hpp"

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr component_kind all_kinds[] = {component_kind::optimizer, component_kind::scheduler,
                                        component_kind::model};

/// What else the name is, or what was probably meant.
std::string advice(const std::string& id, component_kind kind, const registry& plugins) {
  for (const component_kind other : all_kinds) {
    if (plugins.find(other, id) != nullptr) return fmt::format("; {} is {}", id, with_article(other));
  }
  if (kind == component_kind::model && find_data_source(id) != nullptr) {
    return fmt::format("; {} is a data source: {{use: MODEL, data: {{use: {}}}}}", id, id);
  }
  std::vector<std::string> ids;
  for (const component* each : plugins.all(kind)) ids.push_back(each->id);
  if (ids.empty())
    return fmt::format("; none was found at all: see ravine plugins for where they are looked for");
  return did_you_mean(id, ids);
}

}  // namespace

std::string with_article(component_kind kind) {
  return fmt::format("{} {}", kind == component_kind::optimizer ? "an" : "a", to_string(kind));
}

std::optional<std::string> read_use(const yaml_value& value, const std::string& name,
                                    const std::string& names, diagnostics& errors) {
  // Anything but a block is reported where its keys are read.
  if (value.type != yaml_value::kind::block && value.type != yaml_value::kind::null) return std::nullopt;
  if (const yaml_value* use = value.find("use")) return read_text(*use, name + ".use", errors);
  errors.add(value.at, fmt::format("{}: use is missing, which names {}", name, names));
  return std::nullopt;
}

const component* read_component(const yaml_value& value, const std::string& name, component_kind kind,
                                const registry& plugins, diagnostics& errors) {
  const auto id = read_use(value, name, with_article(kind), errors);
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
  const auto use = read_use(value, name, "a data source", errors);
  if (!use) return nullptr;
  const data_source* const which = find_data_source(*use);
  if (which == nullptr) {
    std::vector<std::string> names;
    for (const data_source& each : data_sources()) names.push_back(each.name);
    errors.add(value.find("use")->at, fmt::format("{}.use: there is no data source {}{}", name,
                                                  found_text(*value.find("use")), did_you_mean(*use, names)));
  }
  return which;
}

}  // namespace ravine
