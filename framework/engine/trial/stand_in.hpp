#pragma once

#include <string>
#include <string_view>

namespace ravine {

/// A component that trials use in place of another one of the same kind and id, which lies in another file.
struct stand_in {
  std::string kind;  ///< "optimizer", "scheduler", "model" or "landscape"
  std::string id;
  std::string file;            ///< that is used
  std::string sha256;          ///< of that file, as in component_spec
  std::string hidden;          ///< the file that is not used
  bool hides_shipped = false;  ///< whether `hidden` is one of Ravine's own plugins

  bool operator==(const stand_in&) const = default;
};

/// "the optimizer adam is that of FILE, not Ravine's own of HIDDEN", in one printable line.
std::string to_string(const stand_in& which);

/// Whether a trial of that specification, see to_json(trial_spec), uses it.
bool is_used(const stand_in& which, std::string_view spec);

}  // namespace ravine
