#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ravine {

/// One thing wrong with a manifest. Line and column are 1-based; 0 for an error in --set.
struct manifest_diagnostic {
  std::size_t line;
  std::size_t column;
  std::string message;
};

/// All errors of a manifest at once; what() has a line "FILE:LINE:COLUMN: message" for each.
struct manifest_error : error {
  manifest_error(const std::string& file, std::vector<manifest_diagnostic> errors);
  std::vector<manifest_diagnostic> diagnostics;
};

}  // namespace ravine
