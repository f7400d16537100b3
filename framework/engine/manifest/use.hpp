#pragma once

#include "data/data_source.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The text under `use`; empty, with a mistake, if there is none. `names` says what it would name.
std::optional<std::string> read_use(const yaml_value& value, const std::string& name,
                                    const std::string& names, mistakes& found);

/// The component that a block names under `use`; null, with a mistake, if there is none.
const component* read_component(const yaml_value& value, const std::string& name, component_kind kind,
                                const registry& plugins, mistakes& found);

/// The data source that a block names under `use`; null, with a mistake, if there is none.
const data_source* read_source(const yaml_value& value, const std::string& name, mistakes& found);

/// "an optimizer", "a scheduler" or "a model".
std::string with_article(component_kind kind);

}  // namespace ravine
