#pragma once

#include "core/error.hpp"

namespace ravine {

/// Anything wrong with a results file.
struct store_error : error {
  using error::error;
};

}  // namespace ravine
