#pragma once

#include <stdexcept>

namespace ravine {

/// Base of everything the engine throws at its user: a message that can be shown as it is.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ravine
