#pragma once

#include "data/data_source.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The text under `use`; empty, with an error, if there is none. `names` says what it would name.
std::optional<std::string> read_use(const yaml_value& value, const std::string& name,
                                    const std::string& names, diagnostics& errors);

/// The component that a block names under `use`; null, with an error, if there is none.
const component* read_component(const yaml_value& value, const std::string& name, component_kind kind,
                                const registry& plugins, diagnostics& errors);

/// The data source that a block names under `use`; null, with an error, if there is none.
const data_source* read_source(const yaml_value& value, const std::string& name, diagnostics& errors);

/// "an optimizer", "a scheduler" or "a model".
std::string with_article(component_kind kind);

}  // namespace ravine
