#include "train/path_recorder.hpp"

#include <algorithm>

namespace ravine {

path_recorder::path_recorder(trajectory& path, std::size_t dimension, path_recording mode,
                             std::uint64_t steps)
    : path_(&path),
      dimension_(dimension),
      mode_(mode),
      on_(dimension != 0 && (mode == path_recording::every_step || dimension <= largest_drawn)) {
  if (!on_) return;
  path.dimension = dimension;
  const std::size_t room =
      std::min<std::size_t>(steps, mode == path_recording::thinned ? longest : most_room) + 1;
  path.steps.reserve(room);
  path.evaluations.reserve(room);
  path.points.reserve(room * dimension);
  path.losses.reserve(room);
}

void path_recorder::thin() {
  stride_ *= 2;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < path_->steps.size(); ++i) {
    if (path_->steps[i] % stride_ != 0) continue;
    path_->steps[kept] = path_->steps[i];
    path_->evaluations[kept] = path_->evaluations[i];
    path_->losses[kept] = path_->losses[i];
    std::copy_n(path_->points.begin() + static_cast<std::ptrdiff_t>(i * dimension_), dimension_,
                path_->points.begin() + static_cast<std::ptrdiff_t>(kept * dimension_));
    ++kept;
  }
  path_->steps.resize(kept);
  path_->evaluations.resize(kept);
  path_->losses.resize(kept);
  path_->points.resize(kept * dimension_);
}

}  // namespace ravine
