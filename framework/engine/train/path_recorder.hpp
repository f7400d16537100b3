#pragma once

#include "train/trial.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// Records the path over a landscape. Thinned, it keeps every stride-th step, and doubles the stride whenever
/// the path has grown too long, so that no length needs to be known beforehand.
class path_recorder {
 public:
  path_recorder(trajectory& path, std::size_t dimension, path_recording mode)
      : path_(&path),
        dimension_(dimension),
        mode_(mode),
        on_(dimension != 0 && dimension <= largest_dimension) {
    if (on_) path.dimension = dimension;
  }

  bool wants(std::uint64_t step) const { return on_ && (step & (stride_ - 1)) == 0; }

  template <class T>
  void add(const cost& spent, std::span<const T> point, double loss) {
    if (!path_->steps.empty() && path_->steps.back() == spent.steps) return;
    path_->steps.push_back(spent.steps);
    path_->evaluations.push_back(spent.evaluations);
    path_->points.insert(path_->points.end(), point.begin(), point.end());
    path_->losses.push_back(loss);
    if (mode_ == path_recording::thinned && path_->steps.size() > longest) thin();
  }
  /// Whether the path is recorded at all: not for data, nor in more dimensions than can be drawn.
  bool on() const { return on_; }

 private:
  static constexpr std::size_t longest = 2048;
  static constexpr std::size_t largest_dimension = 16;

  void thin();

  trajectory* path_;
  std::size_t dimension_;
  path_recording mode_;
  bool on_;
  std::uint64_t stride_ = 1;  // a power of 2
};

}  // namespace ravine
