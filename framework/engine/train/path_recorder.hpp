#pragma once

#include "train/trial.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// Records the path over a landscape. Thinned, it keeps every stride-th step and the last one, and doubles
/// the stride whenever the path has grown too long, so that no length needs to be known beforehand.
class path_recorder {
 public:
  /// `dimension` 0: there is no path. Thinned, which is for drawing, nor is there one above 16 dimensions.
  /// Room is made for that many steps, or for as many as are kept of them; 0 if nobody knows how many.
  path_recorder(trajectory& path, std::size_t dimension, path_recording mode, std::uint64_t steps);

  /// Whether the point after that many steps belongs to the path.
  bool wants(std::uint64_t step) const { return on_ && (step & (stride_ - 1)) == 0; }
  /// Whether the point after that many steps, the last ones, is missing.
  bool wants_last(std::uint64_t step) const {
    return on_ && (path_->steps.empty() || path_->steps.back() != step);
  }

  /// Steps between two points, and the same for a path that was begun before.
  std::uint64_t stride() const { return stride_; }
  void go_on(std::uint64_t stride) { stride_ = stride; }

  template <class T>
  void add(const cost& spent, std::span<const T> point, double loss) {
    if (mode_ == path_recording::thinned && path_->steps.size() == longest) thin();
    if (wants(spent.steps)) add_last(spent, point, loss);
  }
  template <class T>
  void add_last(const cost& spent, std::span<const T> point, double loss) {
    path_->steps.push_back(spent.steps);
    path_->evaluations.push_back(spent.evaluations);
    for (const T x : point) path_->points.push_back(x);  // of a few elements: an insertion takes longer
    path_->losses.push_back(loss);
  }

 private:
  static constexpr std::size_t longest = 1024;
  static constexpr std::size_t largest_drawn = 16;
  static constexpr std::size_t most_room = std::size_t{1} << 20;  // points for which room is made beforehand

  void thin();

  trajectory* path_;
  std::size_t dimension_;
  path_recording mode_;
  bool on_;
  std::uint64_t stride_ = 1;  // a power of 2
};

}  // namespace ravine
