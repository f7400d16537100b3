#pragma once

#include "data/data_source.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"

#include <string>

namespace ravine {

/// The component that a block names under `use`; null, with an error, if there is none.
const component* read_component(const yaml_value& value, const std::string& name, component_kind kind,
                                const registry& plugins, diagnostics& errors);

/// The data source that a block names under `use`; null, with an error, if there is none.
const data_source* read_source(const yaml_value& value, const std::string& name, diagnostics& errors);

}  // namespace ravine
