#include "data/digit_strokes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ravine {
namespace {

constexpr knot s(double x, double y) { return {{x, y}, knot_kind::smooth}; }
constexpr knot c(double x, double y) { return {{x, y}, knot_kind::corner}; }

// Smooth knots are written s, corners c. The first and last knot of a stroke are ends whatever their kind.
const std::array<std::vector<glyph>, 10>& alphabet() {
  static const std::array<std::vector<glyph>, 10> glyphs{{
      // 0: an oval from the top; a slanted one that begins at the right
      {{{s(.52, .0), s(.22, .1), s(.08, .48), s(.22, .9), s(.52, 1.), s(.82, .88), s(.93, .48), s(.78, .1),
         s(.46, .01)}},
       {{s(.72, .06), s(.4, .04), s(.12, .4), s(.1, .8), s(.38, 1.), s(.72, .84), s(.92, .44), s(.84, .12),
         s(.58, .03)}}},
      // 1: a bar; a bar with an upstroke; with a foot as well
      {{{s(.5, .0), s(.5, .5), s(.5, 1.)}},
       {{s(.3, .22), c(.54, .0), s(.53, .5), s(.52, 1.)}},
       {{s(.28, .2), c(.52, .0), s(.52, .5), s(.52, 1.)}, {s(.24, 1.), s(.8, .99)}}},
      // 2: with a straight foot; with a loop at the foot
      {{{s(.12, .24), s(.32, .03), s(.66, .03), s(.84, .26), s(.68, .54), s(.38, .8), c(.1, 1.), s(.5, .98),
         s(.92, .98)}},
       {{s(.14, .2), s(.4, .0), s(.74, .08), s(.8, .34), s(.6, .64), s(.3, .9), s(.12, .94), s(.14, .78),
         s(.36, .8), s(.62, .97), s(.92, .9)}}},
      // 3: two bowls; a flat top
      {{{s(.14, .13), s(.42, .0), s(.76, .12), s(.72, .38), c(.4, .48), s(.74, .56), s(.86, .78), s(.56, 1.),
         s(.1, .88)}},
       {{s(.14, .04), c(.8, .03), c(.42, .42), s(.76, .5), s(.86, .76), s(.56, 1.), s(.1, .9)}}},
      // 4: open; closed, in one stroke
      {{{s(.26, .02), s(.2, .3), c(.1, .58), s(.5, .57), s(.92, .54)}, {s(.74, .1), s(.7, .5), s(.66, 1.)}},
       {{s(.92, .66), s(.5, .67), c(.06, .68), s(.36, .34), c(.68, .0), s(.67, .5), s(.66, 1.)}}},
      // 5: the bar first; the bar last, above a round back
      {{{s(.86, .02), c(.26, .03), c(.2, .44), s(.54, .38), s(.84, .62), s(.7, .92), s(.4, 1.), s(.1, .88)}},
       {{s(.28, .04), s(.24, .24), c(.2, .46), s(.58, .44), s(.82, .68), s(.62, .96), s(.14, .96)},
        {s(.28, .05), s(.6, .04), s(.9, .0)}}},
      // 6: a curved back; a straight back
      {{{s(.76, .02), s(.42, .2), s(.16, .56), s(.2, .88), s(.52, 1.), s(.82, .82), s(.68, .56), s(.36, .58),
         s(.17, .76)}},
       {{s(.54, .0), s(.32, .3), s(.16, .66), s(.3, .96), s(.62, .98), s(.8, .76), s(.62, .58), s(.3, .66),
         s(.2, .82)}}},
      // 7: plain; with a bar through the stem; with a serif and a curved stem
      {{{s(.1, .05), s(.5, .04), c(.88, .04), s(.62, .5), s(.42, 1.)}},
       {{s(.1, .05), s(.5, .04), c(.88, .04), s(.62, .5), s(.42, 1.)}, {s(.32, .52), s(.84, .5)}},
       {{s(.1, .2), c(.12, .04), s(.5, .06), c(.9, .02), s(.58, .4), s(.5, 1.)}}},
      // 8: a figure of eight from the top right; two rings
      {{{s(.8, .14), s(.5, .0), s(.22, .18), s(.48, .46), s(.82, .74), s(.5, 1.), s(.18, .76), s(.5, .47),
         s(.8, .16)}},
       {{s(.5, .46), s(.24, .24), s(.5, .0), s(.76, .22), s(.5, .46)},
        {s(.5, .46), s(.16, .74), s(.5, 1.), s(.84, .74), s(.5, .46)}}},
      // 9: a ring with a straight stem; with a hooked one
      {{{s(.8, .16), s(.5, .0), s(.18, .22), s(.34, .5), s(.66, .44), c(.82, .12), s(.78, .5), s(.7, 1.)}},
       {{s(.8, .14), s(.48, .0), s(.18, .26), s(.38, .52), s(.7, .4), c(.82, .1), s(.84, .6), s(.64, .98),
         s(.18, .92)}}},
  }};
  return glyphs;
}

point spline(point a, point b, point c, point d, double t) {
  const auto axis = [t](double p, double q, double r, double s) {
    return 0.5 * (2 * q + t * ((r - p) + t * ((2 * p - 5 * q + 4 * r - s) + t * (3 * (q - r) + s - p))));
  };
  return {axis(a.x, b.x, c.x, d.x), axis(a.y, b.y, c.y, d.y)};
}

// Appends the curve through the knots, without the first one; the ends are their own neighbours.
void append_curve(std::vector<point>& points, std::span<const knot> knots) {
  constexpr int pieces =
      6;  // chords between two knots: deviates from the curve by less than a tenth of a pixel
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    const point before = knots[i == 0 ? 0 : i - 1].at;
    const point after = knots[std::min(i + 2, knots.size() - 1)].at;
    for (int piece = 1; piece <= pieces; ++piece) {
      points.push_back(spline(before, knots[i].at, knots[i + 1].at, after, double(piece) / pieces));
    }
  }
}

}  // namespace

std::span<const glyph> digit_glyphs(unsigned digit) { return alphabet().at(digit); }

std::vector<point> flatten(const stroke& path) {
  std::vector<point> points{path.front().at};
  std::size_t begin = 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i].kind == knot_kind::smooth && i + 1 < path.size()) continue;
    append_curve(points, std::span(path).subspan(begin, i + 1 - begin));
    begin = i;
  }
  return points;
}

}  // namespace ravine
