#pragma once

#include <span>
#include <vector>

namespace ravine {

struct point {
  double x = 0, y = 0;
};

enum class knot_kind { smooth, corner };

/// A place that the pen passes, x to the right and y down, in a box from 0 to 1.
struct knot {
  point at;
  knot_kind kind = knot_kind::smooth;
};

/// The path of the pen from touching the paper to leaving it.
using stroke = std::vector<knot>;

/// One way of writing a digit.
using glyph = std::vector<stroke>;

/// The ways in which a digit, 0 to 9, is written.
std::span<const glyph> digit_glyphs(unsigned digit);

/// The points of the curve through the knots: smooth (a Catmull-Rom spline) between corners.
std::vector<point> flatten(const stroke& path);

}  // namespace ravine
