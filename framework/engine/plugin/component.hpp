#pragma once

#include "core/error.hpp"
#include "core/settings.hpp"

#include <ravine/abi.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Anything wrong with a plugin: its file, its description, or an answer it gave.
struct plugin_error : error {
  using error::error;
};

/// A plugin answered RV_NO_MEMORY.
struct plugin_out_of_memory : plugin_error {
  using plugin_error::plugin_error;
};

enum class component_kind : std::uint32_t {
  optimizer = RV_OPTIMIZER,
  scheduler = RV_SCHEDULER,
  model = RV_MODEL
};

/// All that there are.
inline constexpr std::array component_kinds{component_kind::optimizer, component_kind::scheduler,
                                            component_kind::model};

/// "optimizer", "scheduler" or "model".
std::string_view to_string(component_kind kind);

enum class hyperparameter_type : std::uint32_t {
  real = RV_REAL,
  integer = RV_INTEGER,
  boolean = RV_BOOLEAN,
  choice = RV_CHOICE,
  integer_list = RV_INTEGER_LIST,
  file = RV_FILE  ///< a path; empty only where nobody was asked for one
};

enum class search_scale : std::uint32_t {
  none = RV_SCALE_NONE,
  linear = RV_SCALE_LINEAR,
  log = RV_SCALE_LOG,
  log_one_minus = RV_SCALE_LOG_ONE_MINUS
};

/// A declared hyperparameter, copied out of the plugin and checked.
struct hyperparameter {
  std::string name;
  std::string doc;
  hyperparameter_type type;
  bool schedulable;
  bool open_below;  ///< minimum itself is not allowed
  bool open_above;
  double minimum;
  double maximum;
  double search_low;
  double search_high;
  search_scale scale;
  std::vector<std::string> choices;
  setting default_value;

  /// The valid values in words: "a real number > 0 and <= 1", "one of velocity, ema".
  std::string range() const;
  /// Checks type and range; an integer is accepted for a real. Throws plugin_error
  /// ("lr: found -1, expected a real number > 0") and otherwise gives the value in the declared type.
  setting check(const setting& value) const;
};

/// The shared object that a component came from.
struct plugin_file {
  std::filesystem::path path;
  std::string sha256;  ///< of the file, hex
  std::string name;
  std::string version;
  std::string author;
  std::string license;
};

/// One algorithm that a plugin offers, as it has described it. Lives as long as its registry. What can be
/// called is not here: see functions_of.
struct component {
  component_kind kind;
  std::string id;
  std::string summary;
  std::string reference;  ///< may be empty
  std::string doc;        ///< may be empty
  std::uint64_t capabilities;
  std::vector<hyperparameter> hyperparameters;
  const plugin_file* file;

  bool can(std::uint64_t capability) const { return (capabilities & capability) != 0; }
  /// Null if there is none of that name.
  const hyperparameter* find_hyperparameter(std::string_view name) const;
  /// `with` completed by the defaults and checked, so that it holds every declared hyperparameter.
  /// Throws plugin_error for an unknown name or a value out of range.
  settings complete(const settings& with) const;
};

/// What users call it: landscapes are models to the contract.
std::string_view word_for(const component& which);

/// Whether the component has a real hyperparameter lr, which range tests drive and batch sizes scale.
bool has_learning_rate(const component& optimizer);

}  // namespace ravine
