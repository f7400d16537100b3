#include "data/digits.hpp"

#include "data/data_error.hpp"
#include "data/digit_strokes.hpp"
#include "data/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <fmt/format.h>

namespace ravine {
namespace {

using engine = boost::random::mt19937_64;

constexpr std::size_t side = 28;
constexpr std::size_t digit_count = 10;

// How much handwriting varies: standard deviations unless said otherwise.
constexpr double knot_jitter = 0.03;  // of the glyph's box
constexpr double turn = 0.12;         // radians
constexpr double slant_low = -0.2;
constexpr double slant_high = 0.4;  // sideways per upwards
constexpr double slant = 0.1;
constexpr double small = 0.75;
constexpr double size_change = 0.1;   // relative, of width and height apart
constexpr double glyph_width = 13.0;  // pixels, of the box of the glyph
constexpr double glyph_height = 19.0;
constexpr double largest_shift = 1.5;  // pixels to each side, uniform
constexpr double thinnest = 0.7;       // pixels, half the width of the pen, uniform
constexpr double thickest = 1.6;
constexpr double soft = 0.5;
constexpr double faintest = 0.75;  // of full ink, uniform up to 1
constexpr double speckle = 0.06;   // of full ink

// All arithmetic is in double and uses nothing but + - * / sqrt on values of Boost's generators, sine and
// cosine apart: what compilers and mathematical libraries may change in the last bit is far below one of the
// 256 grey levels.

double uniform(engine& random, double low, double high) {
  return boost::random::uniform_real_distribution<double>(low, high)(random);
}

// Without the tails, which would be illegible: within 2.5 standard deviations.
double normal(engine& random, double mean, double deviation) {
  const double z = boost::random::normal_distribution<double>()(random);
  return mean + deviation * std::clamp(z, -2.5, 2.5);
}

/// From a glyph's box to pixels, with (14, 14) the middle of the image.
struct placement {
  double xx, xy, yx, yy, x0, y0;

  explicit placement(engine& random) {
    const double angle = normal(random, 0, turn);
    const double lean = normal(random, uniform(random, 0, 1) < 0.5 ? slant_low : slant_high, slant);
    const double size = uniform(random, 0, 1) < 0.5 ? 1.0 : small;
    const double width = size * glyph_width * normal(random, 1, size_change);
    const double height = size * glyph_height * normal(random, 1, size_change);
    const double cosine = std::cos(angle), sine = std::sin(angle);
    xx = cosine * width;
    xy = -(sine + lean * cosine) * height;
    yx = sine * width;
    yy = (cosine - lean * sine) * height;
    x0 = side / 2.0 + uniform(random, -largest_shift, largest_shift);
    y0 = side / 2.0 + uniform(random, -largest_shift, largest_shift);
  }

  point operator()(point p) const {
    const double x = p.x - 0.5, y = p.y - 0.5;
    return {x0 + xx * x + xy * y, y0 + yx * x + yy * y};
  }
};

/// Squared distance of each pixel's centre from the path of the pen, where that is near.
class distance_map {
 public:
  explicit distance_map(double reach) : reach_(reach) { squares_.fill(reach * reach); }

  void add(point a, point b) {
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double per_length = 1 / (dx * dx + dy * dy + 1e-12);
    const auto [first_row, last_row] = pixels_between(a.y, b.y);
    const auto [first_column, last_column] = pixels_between(a.x, b.x);
    for (std::size_t row = first_row; row < last_row; ++row) {
      const double py = double(row) + 0.5 - a.y;
      for (std::size_t column = first_column; column < last_column; ++column) {
        const double px = double(column) + 0.5 - a.x;
        const double along = std::clamp((px * dx + py * dy) * per_length, 0.0, 1.0);
        const double qx = px - along * dx, qy = py - along * dy;
        double& square = squares_[row * side + column];
        square = std::min(square, qx * qx + qy * qy);
      }
    }
  }

  double distance(std::size_t pixel) const { return std::sqrt(squares_[pixel]); }

 private:
  struct range {
    std::size_t first, last;
  };

  range pixels_between(double a, double b) const {
    const auto inside = [](double x) { return static_cast<std::size_t>(std::clamp(x, 0.0, double(side))); };
    return {inside(std::floor(std::min(a, b) - reach_)), inside(std::ceil(std::max(a, b) + reach_))};
  }

  double reach_;
  std::array<double, side * side> squares_;
};

const glyph& choose(engine& random, std::span<const glyph> glyphs) {
  return glyphs[boost::random::uniform_int_distribution<std::size_t>(0, glyphs.size() - 1)(random)];
}

stroke disturbed(engine& random, const stroke& path, const placement& place) {
  stroke result = path;
  for (knot& k : result) {
    const double x = k.at.x + normal(random, 0, knot_jitter);
    const double y = k.at.y + normal(random, 0, knot_jitter);
    k.at = place({x, y});
  }
  return result;
}

std::uint8_t grey(double ink) {
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp(ink, 0.0, 1.0)));
}

void draw(unsigned digit, std::uint64_t seed, std::span<std::uint8_t> pixels) {
  engine random(seed);
  const glyph& shape = choose(random, digit_glyphs(digit));
  const placement place(random);
  const double pen = uniform(random, thinnest, thickest);
  const double strength = uniform(random, faintest, 1);

  distance_map map(pen + soft);
  for (const stroke& path : shape) {
    const auto points = flatten(disturbed(random, path, place));
    for (std::size_t i = 1; i < points.size(); ++i) map.add(points[i - 1], points[i]);
  }
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    // A pixel that the edge of the stroke crosses is inked in part.
    const double ink = strength * std::clamp((pen + soft - map.distance(i)) / (2 * soft), 0.0, 1.0);
    pixels[i] = grey(ink + normal(random, 0, speckle));
  }
}

image_table draw_part(std::uint64_t seed, std::size_t count) {
  image_table part;
  part.pixels.resize(count * side * side);
  part.labels.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    part.labels[i] = static_cast<std::uint8_t>(i % digit_count);
    draw(part.labels[i], item_seed(seed, i), std::span(part.pixels).subspan(i * side * side, side * side));
  }
  return part;
}

}  // namespace

dataset_content make_digits(const digits_options& options) {
  if (options.train == 0 || options.test == 0) throw data_error("digits: train and test must be at least 1");
  const std::uint64_t most = most_dataset_bytes() / (side * side + 1);
  const auto& [train, validation, test, seed] = options;
  if (train > most || validation > most - train || test > most - train - validation) {
    throw data_error(
        fmt::format("digits: {} + {} + {} images are more than the {} that fit in a data set here", train,
                    validation, test, most));
  }
  dataset_content data;
  data.name = "digits";
  data.shape = {side, side};
  data.classes = digit_count;
  data.train = draw_part(item_seed(options.seed, 0), options.train);
  data.validation = draw_part(item_seed(options.seed, 1), options.validation);
  data.test = draw_part(item_seed(options.seed, 2), options.test);
  return data;
}

}  // namespace ravine
