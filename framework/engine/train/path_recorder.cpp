#include "train/path_recorder.hpp"

#include <utility>

namespace ravine {

path_recorder::path_recorder(trajectory& path, path_window window, path_recording mode, std::uint64_t steps)
    : path_(&path),
      window_(std::move(window)),
      mode_(mode),
      on_(!window_.widths.empty() &&
          (mode == path_recording::every_step || window_.widths.size() <= largest_drawn)),
      door_(window_.widths.size() + 1),
      axis_(window_.least_loss),
      tolerances_(window_.widths.size() + 1),
      at_(window_.widths.size() + 1),
      before_(at_) {
  if (!on_) return;
  set_tolerances();
  const std::size_t dimension = window_.widths.size();
  path.dimension = dimension;
  const std::size_t room =
      std::min<std::size_t>(steps, mode == path_recording::thinned ? most_held - 1 : most_room) + 1;
  path.steps.reserve(room);
  path.evaluations.reserve(room);
  path.points.reserve(room * dimension);
  path.losses.reserve(room);
  if (mode == path_recording::every_step || (steps != 0 && steps < whole)) return;
  whole_path_.steps.reserve(whole);
  whole_path_.evaluations.reserve(whole);
  whole_path_.points.reserve(whole * dimension);
  whole_path_.losses.reserve(whole);
}

/// As if points had been left out from the first.
void path_recorder::straighten() {
  straightened_ = true;
  whole_path_ = *path_;
  path_->steps.clear();
  path_->evaluations.clear();
  path_->points.clear();
  path_->losses.clear();
  const trajectory& all = whole_path_;
  for (std::size_t row = 0; row < all.steps.size(); ++row) {
    cost spent;
    spent.steps = all.steps[row];
    spent.evaluations = all.evaluations[row];
    add_to_straight(spent, std::span(all.points).subspan(row * all.dimension, all.dimension),
                    all.losses[row]);
  }
}

void path_recorder::thin() {
  path_outline outline = thinned(*path_, errors_, window_, most_kept);
  *path_ = rows_of(*path_, outline.rows);
  errors_ = std::move(outline.errors);
}

/// There are more turns than can be kept, and more of them will come.
void path_recorder::coarsen() {
  thin();
  tolerance_ = std::min(2 * tolerance_, coarsest);
  loss_tolerance_ = std::min(4 * loss_tolerance_, coarsest_loss);
  set_tolerances();
}

void path_recorder::set_tolerances() {
  for (std::size_t i = 0; i < window_.widths.size(); ++i) tolerances_[i] = tolerance_ * window_.widths[i];
}

std::vector<double> path_recorder::state() const {
  if (!straightened_) return {};
  std::vector<double> state{axis_.lower, axis_.upper, tolerance_, loss_tolerance_};
  door_.save(state);
  state.insert(state.end(), before_.begin(), before_.end());
  state.insert(state.end(), errors_.begin(), errors_.end());
  return state;
}

bool path_recorder::can_go_on(const trajectory& path, std::span<const double> state) const {
  const std::size_t rows = path.steps.size();
  if (path.dimension != path_->dimension || path.evaluations.size() != rows || path.losses.size() != rows ||
      path.points.size() != rows * path.dimension) {
    return false;
  }
  if (state.empty()) return true;
  const std::size_t coordinates = before_.size(), least = 4 + swinging_door::size(coordinates) + coordinates;
  return on_ && rows > 0 && state.size() >= least && state.size() - least <= rows;
}

void path_recorder::go_on(std::span<const double> state) {
  straightened_ = !state.empty();
  if (!straightened_) return;
  const std::size_t coordinates = before_.size();
  axis_.lower = state[0];
  axis_.upper = state[1];
  tolerance_ = state[2];
  loss_tolerance_ = state[3];
  set_tolerances();
  state = state.subspan(4);
  door_.restore(state.first(swinging_door::size(coordinates)));
  state = state.subspan(swinging_door::size(coordinates));
  std::ranges::copy(state.first(coordinates), before_.begin());
  errors_.assign(state.begin() + static_cast<std::ptrdiff_t>(coordinates), state.end());
}

}  // namespace ravine
