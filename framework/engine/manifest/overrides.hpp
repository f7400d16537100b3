#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"

#include <string>
#include <vector>

namespace ravine {

/// Applies --set expressions PATH=VALUE to a manifest, one after another. PATH is keys joined by points;
/// an entry of a list is its index, written .0 or [0], or its label. What is not there is added, so that
/// unknown keys are found where the manifest is read. A length takes the place of one in another unit:
/// train.steps=100 of train: {epochs: 10}.
void apply_overrides(yaml_value& manifest, const std::vector<std::string>& expressions, diagnostics& errors);

}  // namespace ravine
