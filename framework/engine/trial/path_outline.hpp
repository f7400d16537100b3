#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ravine {

/// The window in which a path is drawn.
struct path_window {
  /// The curve of the loss is drawn that high beside a landscape of height 1.
  static constexpr double loss_height = 0.125;

  std::vector<double> widths;  ///< one for each coordinate, above 0
  /// The least loss that there is, from which the loss is drawn on a logarithmic axis; NaN if it is unknown.
  double least_loss = std::numeric_limits<double>::quiet_NaN();
};

/// Rows of a path, in order, whose straight connections stand for all of it.
struct path_outline {
  std::vector<std::size_t> rows;
  /// For each of them: how far the rows left out before the next one lie from the connection at most, each
  /// from where the connection is at its step, in shares of the window.
  std::vector<double> errors;
};

/// Rows that stand for a path within `tolerance` in each coordinate, the fewest but for some, and no more
/// than `most`, which is at least 4, whatever that costs. The first and the last are among them.
///
/// The distance is the synchronous one, since a path is not only a line: the point that moves along it and
/// the curve of its loss are drawn from the same rows. Points that are not finite stay.
std::vector<std::size_t> outline_of(const trajectory& path, const path_window& window, std::size_t most,
                                    double tolerance);

/// At most `most` rows of a path, or fewer by up to two thirds, in a time that is linear in their number,
/// however it moves. `errors` are those of an outline that `path` already is, or nothing. The last two rows
/// stay.
///
/// Rows go whose error over time is the least: its square, times the steps of the new connection. First those
/// by which only the curve of the loss gets coarser, while the path stays within 2^-17, then within twice
/// that, and so on up to 2^-13, half a pixel on 4,000. Where that is not enough, a path goes to and fro more
/// often than can be shown: then rows go by their own distance, and swings as a whole, both rows of one at
/// once where the next goes the same way, so that an oscillation that never ends is still drawn as one, with
/// the ends that it had. After Visvalingam, Whyatt: Line generalisation by repeated elimination of points
/// (The Cartographic Journal 30, 1993), but in sweeps.
path_outline thinned(const trajectory& path, std::span<const double> errors, const path_window& window,
                     std::size_t most);

/// Those rows of a path.
trajectory rows_of(const trajectory& path, std::span<const std::size_t> rows);

}  // namespace ravine
