#include "train/path_recorder.hpp"

#include <algorithm>
#include <utility>

namespace ravine {

path_recorder::path_recorder(trajectory& path, path_window window, path_recording mode, std::uint64_t steps)
    : path_(&path),
      window_(std::move(window)),
      mode_(mode),
      on_(!window_.widths.empty() &&
          (mode == path_recording::every_step || window_.widths.size() <= largest_drawn)) {
  if (!on_) return;
  const std::size_t dimension = window_.widths.size();
  path.dimension = dimension;
  const std::size_t room =
      std::min<std::size_t>(steps, mode == path_recording::thinned ? most_held - 1 : most_room) + 1;
  path.steps.reserve(room);
  path.evaluations.reserve(room);
  path.points.reserve(room * dimension);
  path.losses.reserve(room);
}

void path_recorder::thin() {
  constexpr double tolerance = 0x1p-18;  // of the window
  path_outline outline = outline_of(*path_, errors_, window_, most_kept, tolerance);
  *path_ = rows_of(*path_, outline.rows);
  errors_ = std::move(outline.errors);
}

}  // namespace ravine
