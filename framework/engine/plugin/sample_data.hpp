#pragma once

#include "core/settings.hpp"
#include "plugin/component.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ravine {

/// Made-up data, for what is asked of a model before its data are known.
enum class sample_kind : std::uint8_t {
  images,     ///< or a row of features, with one label
  characters  ///< numbers below sample_classes, with a label for each where the model takes several
};
inline constexpr std::size_t sample_classes = 4;
inline constexpr std::size_t sample_batch = 9;  ///< the longest

/// The shape of images that the model accepts; {} for a landscape. Calls the plugin. Throws what it said to
/// the last one.
std::vector<std::uint64_t> accepted_shape(const component& which, const settings& with);

/// What a model of images of that shape is told of its data. Points to `shape`.
rv_data_spec sample_data(const std::vector<std::uint64_t>& shape, std::uint64_t labels = 1);

}  // namespace ravine
