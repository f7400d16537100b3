#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ravine {

/// Finds the longest straight connections that stand for a series of points as it comes, in a few operations
/// a point: seen from the beginning of a connection, each point admits a range of slopes that pass it within
/// the tolerance, and the connection goes on while the slope to the newest point lies in all of them.
/// Distances are synchronous, each point's from where the connection is at its step, and each coordinate has
/// its own.
///
/// Bristol: Swinging door trending: adaptive trend recording? (ISA National Conference 1990), but with points
/// of the series as the ends of connections.
class swinging_door {
 public:
  explicit swinging_door(std::size_t coordinates) : sides_(coordinates) {}

  /// Begins a connection at a point; `next` is the one after it, which always lies on it.
  void open(double step, std::span<const double> point, double next_step, std::span<const double> next,
            std::span<const double> tolerances) {
    step_ = step;
    const double share = 1 / (next_step - step);
    for (std::size_t c = 0; c < sides_.size(); ++c) {
      const double off = next[c] - point[c];
      sides_[c] = {point[c], (off - tolerances[c]) * share, (off + tolerances[c]) * share};
    }
  }

  /// Whether the connection to this point stands for all those in between, and then narrows the door by it.
  /// None does that is not finite or begins at what is not, nor any before the first connection.
  bool passes(double step, std::span<const double> point, std::span<const double> tolerances) {
    const double share = 1 / (step - step_);
    bool straight = true;
    for (std::size_t c = 0; c < sides_.size(); ++c) {
      const double slope = (point[c] - sides_[c].begin) * share;
      straight &= slope >= sides_[c].lowest && slope <= sides_[c].highest && std::isfinite(slope);
    }
    if (!straight) return false;
    for (std::size_t c = 0; c < sides_.size(); ++c) {
      side& each = sides_[c];
      const double off = point[c] - each.begin;
      each.lowest = std::max(each.lowest, (off - tolerances[c]) * share);
      each.highest = std::min(each.highest, (off + tolerances[c]) * share);
    }
    return true;
  }

  /// As numbers, for a checkpoint: `size` of them.
  static std::size_t size(std::size_t coordinates) { return 1 + 3 * coordinates; }
  void save(std::vector<double>& to) const {
    to.push_back(step_);
    for (const side& each : sides_) to.insert(to.end(), {each.begin, each.lowest, each.highest});
  }
  void restore(std::span<const double> from) {
    step_ = from[0];
    for (std::size_t c = 0; c < sides_.size(); ++c) {
      sides_[c] = {from[1 + 3 * c], from[2 + 3 * c], from[3 + 3 * c]};
    }
  }

 private:
  struct side {
    double begin = 0;
    double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;  // slopes: none passes
  };

  std::vector<side> sides_;
  double step_ = 0;  // at which the connection begins
};

}  // namespace ravine
