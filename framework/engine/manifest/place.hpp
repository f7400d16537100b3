#pragma once

#include <compare>
#include <cstddef>

namespace ravine {

/// Where something was written: a line and column (1-based) of the manifest, or, with line 0, the --set
/// expression of that index.
struct place {
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t override_index = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): misread by clang-tidy 14
  auto operator<=>(const place&) const = default;

  /// The place of everything in the --set expression of that index.
  static place of_override(std::size_t index) { return {0, 0, index}; }
};

}  // namespace ravine
