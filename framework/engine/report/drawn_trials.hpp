#pragma once

#include "compare/grouping.hpp"
#include "compare/summaries.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ravine {

/// What of the trials a page draws. Statistics are always of all.
struct drawn_trials {
  /// How many of a line's repetitions, the first ones: by problem and line.
  std::vector<std::vector<std::size_t>> repetitions;
  std::size_t drawn = 0;
  std::size_t all = 0;

  bool are_all() const { return drawn == all; }
  /// Lines with a trial among them. The others have no place on the page.
  std::size_t drawn_lines() const;
  std::size_t all_lines() const;
};

/// All trials, or where a page would have no room for them about `most`: half of them for the chosen lines,
/// which share alike and have one each at least, and half for the other points of searches, of which only
/// every so many-th has any if they are too many.
drawn_trials choose_drawn(std::span<const problem_group> groups, const comparison& compared,
                          std::size_t most);

}  // namespace ravine
