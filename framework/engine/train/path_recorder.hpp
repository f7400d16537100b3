#pragma once

#include "train/trial.hpp"
#include "trial/loss_axis.hpp"
#include "trial/path_outline.hpp"
#include "trial/swinging_door.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// Records the path over a landscape. Thinned, it keeps what a drawing shows: all steps of a short path, and
/// of a longer one those whose straight connections are the path to within 2^-18 of the landscape's box each
/// way, which is a tenth of a pixel in a close-up of a hundredth of its width. No length needs to be known
/// beforehand, and memory is bounded: of a path that takes more than 8,192 points, those are kept that show
/// the most, and from then on it is taken less exactly, to within 2^-14 in the end.
class path_recorder {
 public:
  /// `window` has a width for each coordinate; none: there is no path. Thinned, which is for drawing, nor is
  /// there one above 16 dimensions. Room is made for that many steps, or for as many as are kept of them; 0
  /// if nobody knows how many.
  path_recorder(trajectory& path, path_window window, path_recording mode, std::uint64_t steps);

  /// Whether there is a path.
  bool on() const { return on_; }
  /// Whether the point after that many steps, the last ones, is missing.
  bool wants_last(std::uint64_t step) const {
    return on_ && (path_->steps.empty() || path_->steps.back() != step);
  }

  /// What it knows of the points recorded so far, for a checkpoint; whether that can be what it knew of that
  /// path; and the same for a path that was begun before, which has those points.
  std::vector<double> state() const;
  bool can_go_on(const trajectory& path, std::span<const double> state) const;
  void go_on(std::span<const double> state);

  template <class T>
  void add(const cost& spent, std::span<const T> point, double loss) {
    if (mode_ == path_recording::every_step || (!straightened_ && path_->steps.size() < whole)) {
      append(spent, point, loss);
      return;
    }
    if (!straightened_) straighten();
    add_to_straight(spent, point, loss);
  }

  /// After the last point.
  void finish() {
    if (path_->steps.size() > most_kept && mode_ == path_recording::thinned) thin();
  }

 private:
  static constexpr std::size_t whole = 1025;        // points of a path that is kept as it is
  static constexpr std::size_t most_kept = 8192;    // points
  static constexpr std::size_t most_held = 16'384;  // while recording
  static constexpr std::size_t largest_drawn = 16;
  static constexpr std::size_t most_room = std::size_t{1} << 20;  // points for which room is made beforehand
  static constexpr double coarsest = 0x1p-14;                     // of the window
  static constexpr double coarsest_loss = 0x1p-6;                 // of the loss's axis

  template <class T>
  void append(const cost& spent, std::span<const T> point, double loss) {
    path_->steps.push_back(spent.steps);
    path_->evaluations.push_back(spent.evaluations);
    for (const T x : point) path_->points.push_back(x);  // of a few elements: an insertion takes longer
    path_->losses.push_back(loss);
  }

  /// The last row is where the path is; it makes room for the next if the connection stands for it.
  template <class T>
  void add_to_straight(const cost& spent, std::span<const T> point, double loss) {
    // Points that are not finite are all kept, as far as there is room.
    if (!std::isfinite(loss) && path_->steps.size() + 1 >= most_held) return;
    std::copy(point.begin(), point.end(), at_.begin());
    at_.back() = axis_.place(loss);
    tolerances_.back() = loss_tolerance_ * axis_.width();
    const auto step = static_cast<double>(spent.steps);
    if (door_.passes(step, at_, tolerances_)) {
      path_->steps.back() = spent.steps;
      path_->evaluations.back() = spent.evaluations;
      std::copy(point.begin(), point.end(), path_->points.end() - static_cast<std::ptrdiff_t>(point.size()));
      path_->losses.back() = loss;
    } else {
      if (!path_->steps.empty()) {
        door_.open(static_cast<double>(path_->steps.back()), before_, step, at_, tolerances_);
      }
      append(spent, point, loss);
      if (path_->steps.size() >= most_held) coarsen();
    }
    before_.swap(at_);
  }

  void straighten();
  void thin();
  void coarsen();
  void set_tolerances();

  trajectory* path_;
  path_window window_;
  path_recording mode_;
  bool on_;
  bool straightened_ = false;  // from here on, points are left out
  trajectory whole_path_;      // what was recorded until then; room is made for it beforehand
  swinging_door door_;         // of the point's coordinates, and of the loss
  loss_axis axis_;
  double tolerance_ = 0x1p-18;  // of the window
  double loss_tolerance_ = tolerance_ / path_window::loss_height;
  std::vector<double> tolerances_, at_, before_;
  std::vector<double> errors_;  // of `thinned`, for the points that were there when it was last called
};

}  // namespace ravine
