#pragma once

#include <cstdint>

namespace ravine {

/// What is to be learned of the target of an example.
enum class learning_task : std::uint8_t {
  classification,  ///< which of a few classes it is
  regression       ///< a number
};

}  // namespace ravine
