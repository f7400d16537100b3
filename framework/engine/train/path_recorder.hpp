#pragma once

#include "train/trial.hpp"
#include "trial/path_outline.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ravine {

/// Records the path over a landscape. Thinned, it keeps what a drawing shows: all steps of a short path, and
/// of a longer one those whose straight connections are the path to within 2^-18 of the landscape's box,
/// which is a tenth of a pixel in a close-up of a hundredth of its width. No length needs to be known
/// beforehand, and memory is bounded: of a path that takes more than 8,192 points, those are kept that show
/// the most.
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

  /// What belongs to each point recorded so far, for a checkpoint; and the same for a path that was begun
  /// before, which has that many points.
  const std::vector<double>& errors() const { return errors_; }
  void go_on(std::vector<double> errors) { errors_ = std::move(errors); }

  template <class T>
  void add(const cost& spent, std::span<const T> point, double loss) {
    if (mode_ == path_recording::thinned && path_->steps.size() == most_held) thin();
    path_->steps.push_back(spent.steps);
    path_->evaluations.push_back(spent.evaluations);
    for (const T x : point) path_->points.push_back(x);  // of a few elements: an insertion takes longer
    path_->losses.push_back(loss);
  }

  /// After the last point.
  void finish() {
    if (on_ && mode_ == path_recording::thinned && path_->steps.size() > whole) thin();
  }

 private:
  static constexpr std::size_t whole = 1025;        // points of a path that is kept as it is
  static constexpr std::size_t most_kept = 8192;    // points
  static constexpr std::size_t most_held = 16'384;  // while recording
  static constexpr std::size_t largest_drawn = 16;
  static constexpr std::size_t most_room = std::size_t{1} << 20;  // points for which room is made beforehand

  void thin();

  trajectory* path_;
  path_window window_;
  path_recording mode_;
  bool on_;
  std::vector<double> errors_;  // of outline_of, for the points that were there when it was last called
};

}  // namespace ravine
