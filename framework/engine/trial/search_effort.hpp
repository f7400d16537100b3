#pragma once

#include <cstdint>

namespace ravine {

/// How often a search runs its points, each time with other random numbers, the same for all points.
struct search_effort {
  std::uint64_t repetitions = 1;  ///< of every point
  std::uint64_t finalists = 0;    ///< how many of the best points are run again; 0: none
  std::uint64_t studies = 1;      ///< independent repetitions of the whole search, see study_of

  /// Repetitions that each finalist has beyond those of every point.
  std::uint64_t of_finalists() const { return finalists == 0 ? 0 : 2 * repetitions; }

  bool operator==(const search_effort&) const = default;
};

}  // namespace ravine
