#pragma once

#include "data/data_error.hpp"
#include "data/dataset.hpp"
#include "settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// An option of a data source: a whole number, or text such as a path, by the type of its default.
struct data_option {
  std::string name;
  std::string doc;
  setting default_value;     ///< std::int64_t, or std::string; an empty text must be given
  std::int64_t minimum = 0;  ///< of a number

  /// The value in the option's type. Throws data_error
  /// ("validation: found -1, expected a whole number of at least 0").
  setting check(const setting& value) const;
};

/// Where examples can come from: what a manifest names under `data: {use: …}`.
struct data_source {
  std::string name;
  std::string summary;
  std::vector<data_option> options;

  /// Null if there is none of that name.
  const data_option* find_option(std::string_view option) const;
};

/// All sources, in the order in which help lists them.
std::span<const data_source> data_sources();

/// Null if there is none of that name.
const data_source* find_data_source(std::string_view name);

/// `use` and `with` of a manifest's data block.
struct data_request {
  std::string use;
  settings with;  ///< complete: every option of the source

  bool operator==(const data_request&) const = default;
};

/// Loads or draws the dataset. Throws data_error: an unknown source or option, a missing file (with what to
/// do), a malformed one.
dataset load_dataset(const data_request& request);

}  // namespace ravine
