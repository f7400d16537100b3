#pragma once

#include "trial/trial_result.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ravine {

/// The window in which a path is drawn.
struct path_window {
  std::vector<double> widths;  ///< one for each coordinate, above 0
  /// The least loss that there is, from which the loss is drawn on a logarithmic axis; NaN: that of the path.
  double least_loss = std::numeric_limits<double>::quiet_NaN();
};

/// Rows of a path, in order, whose straight connections stand for all of it.
struct path_outline {
  std::vector<std::size_t> rows;
  /// For each of them: how far the rows left out beside it lie from the connections at most, each from where
  /// the connection is at its step, in shares of the window.
  std::vector<double> errors;
};

/// The fewest rows, as far as a greedy search finds them, that stand for a path within `tolerance`, and no
/// more than `most` (at least 2) of them, whatever that costs. The first and the last are among them.
///
/// The distance is the synchronous one, since a path is not only a line: the point that moves along it and
/// the curve of its loss are drawn from the same rows. `errors` are those of an outline that `path` already
/// is, or nothing; tolerances hold for what `path` was at first. Points that are not finite stay.
///
/// SQUISH-E: Muckell, Olsen, Hwang, Lawson, Ravi: Compression of trajectory data (GeoInformatica 18, 2014).
/// Before it, sweeps take out what lies within a sixteenth of the tolerance, which is most of a path that
/// converges. The curve of the loss counts as well, an eighth as high as the window; for it the tolerance is
/// approximate. Above `most` rows the loss is thinned first, while the tolerance of the path grows to what
/// nobody sees, 2^-13; then rows go by their own distance, so that an oscillation that never ends is still
/// drawn as one.
path_outline outline_of(const trajectory& path, std::span<const double> errors, const path_window& window,
                        std::size_t most, double tolerance);

/// Those rows of a path.
trajectory rows_of(const trajectory& path, std::span<const std::size_t> rows);

}  // namespace ravine
