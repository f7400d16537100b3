#pragma once

#include "core/settings.hpp"

#include <string>

namespace ravine {

/// `use` and `with` of a manifest's data block.
struct data_request {
  std::string use;
  settings with;  ///< complete in a trial; elsewhere what is not given has its default

  bool operator==(const data_request&) const = default;
};

}  // namespace ravine
