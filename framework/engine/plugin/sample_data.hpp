#pragma once

#include "core/settings.hpp"
#include "plugin/component.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ravine {

inline constexpr std::size_t sample_classes = 4;
inline constexpr std::size_t sample_batch = 9;  ///< the longest

/// What made-up data look like, for what is asked of a model before its data are known.
struct sample_data {
  enum class kind : std::uint8_t {
    images,
    row,        ///< of features
    characters  ///< whole numbers below sample_classes, with a label for each where the model takes several
  };

  std::vector<std::uint64_t> shape = {};  ///< of one example; {} for a landscape, which has none
  kind of = kind::images;
  std::uint64_t labels = 1;                ///< of one example
  std::uint64_t classes = sample_classes;  ///< 1 where targets are numbers

  /// Values in one example; 0 for a landscape.
  std::size_t features() const;
  /// What a model is told of the data. Points to `shape`.
  rv_data_spec spec() const;
};

/// Data of each kind that the model accepts: those with one label of an example first, and, if it takes
/// several, some with a label at each position. For a landscape one without a shape. Calls the plugin. Throws
/// what it said to the last one if it accepts none.
std::vector<sample_data> accepted_samples(const component& which, const settings& with);

/// The first of them that is of that kind, or what the plugin would be told of it if it accepts none.
sample_data sample_of(const component& which, const settings& with, sample_data::kind wanted);

}  // namespace ravine
