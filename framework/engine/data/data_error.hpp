#pragma once

#include "core/error.hpp"

namespace ravine {

/// A dataset that can't be had: a file that is missing or malformed, an option out of range, a failed
/// download.
struct data_error : error {
  using error::error;
};

}  // namespace ravine
