#pragma once

#include "core/settings.hpp"
#include "data/data_error.hpp"
#include "data/dataset_content.hpp"
#include "trial/data_request.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// An option of a data source: true or false, a whole number, a real number, or text such as a path, by the
/// type of its default.
struct data_option {
  std::string name;
  std::string doc;
  setting default_value;     ///< an empty text must be given
  std::int64_t minimum = 0;  ///< of a number
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> choices = {};  ///< what a text may be; empty: anything
  /// Came later: its default is no part of what a trial is, so that results from before keep counting.
  bool is_later = false;

  /// What a value must be: "a whole number from 1 to 256", "text", "comma, semicolon or tab".
  std::string expects() const;

  bool admits(const setting& value) const;

  /// The value, if the option admits it; a whole number as a real one where that is asked for. Throws
  /// data_error
  /// ("validation: found -1, expected a whole number, at least 0").
  setting check(const setting& value) const;
};

/// Where examples can come from: what a manifest names under `data: {use: …}`.
struct data_source {
  std::string name;
  std::string summary;
  std::vector<data_option> options;
  /// Gets every option, checked. Throws data_error.
  dataset_content (*decode)(const settings& with);

  /// Null if there is none of that name.
  const data_option* find_option(std::string_view option) const;
};

/// All sources, in the order in which help lists them.
std::span<const data_source> data_sources();

/// Null if there is none of that name.
const data_source* find_data_source(std::string_view name);

/// Loads or draws the dataset, in a process of its own, see data/apart.hpp. Throws data_error: an unknown
/// source, an option that is unknown, missing or out of range, a missing file (with what to do), a malformed
/// one.
dataset load_dataset(const data_request& request);

}  // namespace ravine
