#pragma once

#include "core/settings.hpp"
#include "data/data_source.hpp"
#include "manifest/block.hpp"
#include "manifest/search.hpp"
#include "plugin/component.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ravine {

/// An entry that a `with` block may have.
struct option {
  /// How it is written: a whole number may be 1e3; text may look like a number.
  enum class form { text, whole_number, list, other };

  std::string name;
  form written;
  std::string expects;                           ///< the valid values in words
  std::function<setting(const setting&)> check;  ///< the value in its own type; throws ravine::error
};

std::vector<option> options_of(const component& which);
std::vector<option> options_of(const data_source& which);
std::vector<std::string> names_of(const std::vector<option>& options);

/// A `with` block: what has one value, and what is searched.
struct option_values {
  settings fixed;
  std::vector<search_axis> searched;  ///< named as the options, in the order in which they were written
};

/// Reads and checks `with` of a block, which may be absent: nothing given.
option_values read_options(const block& owner, const std::vector<option>& declared);

}  // namespace ravine
