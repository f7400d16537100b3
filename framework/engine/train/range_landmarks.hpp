#pragma once

#include "trial/range_curve.hpp"

#include <optional>
#include <span>
#include <string>

namespace ravine {

/// Sets `smoothed` of each point: losses are replaced by the median of five, bounded at the first loss plus
/// its size (or plus the deepest fall, if that is more), and averaged exponentially in both directions, 0 <=
/// smoothing < 1 being the weight of what came before. An average in one direction lags by smoothing / (1 -
/// smoothing) steps, most of a decade of lr in a usual test, and would move every landmark up by as much.
void smooth(std::span<range_point> points, double smoothing);

/// What a range test is read for.
struct range_landmarks {
  std::optional<double> steepest = {};
  std::optional<double> tenth_of_minimum =
      {};                    ///< empty too where the loss is lowest at the end of the range
  std::string refusal = {};  ///< why `steepest` is empty
};

/// From smoothed points. Only new lows count as a fall, so that a recovery from a spike is none. There is no
/// steepest fall if the loss falls by less than the scatter of single losses, or fastest at either end of the
/// range, where it may fall faster still beyond.
range_landmarks landmarks_of(std::span<const range_point> points);

}  // namespace ravine
