#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <span>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The first images of the validation part, which networks are shown as they train:
///
///     {shape: [channels, rows, columns], labels: […], pixels: [[0 … 255 …] …]}
///
/// null where the examples are no images of one label: tables, texts, sequences.
nlohmann::json example_images(const dataset& data);

/// What a network makes of those images, and how its first layer looks, from a trial's checkpoint or its end:
///
///     {predictions: [class …], weights: {tensor, shape: [channels, rows, columns], largest, units: [[…] …]}}
///
/// Each of the first units of the layer is an image of weights, as whole numbers from -127 to 127 for
/// -largest to largest. weights is null where the first layer sees no image. The parameters are those that
/// the optimizer moves, also where it evaluates at others, such as their average. Calls the plugin. Throws
/// ravine::error.
nlohmann::json network_view(const trial_spec& spec, const registry& plugins, const dataset& data,
                            std::span<const std::byte> checkpoint);

}  // namespace ravine
