#include "text/plot.hpp"

#include "text/terminal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

constexpr unsigned braille_blank = 0x2800;
/// Bits of a braille character's dots by row and column, from the top left (Unicode 15, section 21.1).
constexpr std::array<std::array<unsigned, 2>, 4> braille_dots{
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

/// A raster of dots, the top left one being (0, 0).
class canvas {
 public:
  canvas(plot_size size, plot_ink ink)
      : ink_(ink),
        columns_(size.columns),
        width_(size.columns * (ink == plot_ink::braille ? 2 : 1)),
        height_(size.rows * (ink == plot_ink::braille ? 4 : 1)),
        cells_(size.columns * size.rows) {}

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }

  void set(std::size_t x, std::size_t y) {
    if (ink_ == plot_ink::braille) {
      cells_[y / 4 * columns_ + x / 2] |= braille_dots[y % 4][x % 2];
    } else {
      cells_[y * columns_ + x] = 1;
    }
  }

  std::string line(std::size_t row) const {
    std::string text;
    for (std::size_t column = 0; column < columns_; ++column) {
      const unsigned cell = cells_[row * columns_ + column];
      if (ink_ == plot_ink::braille) {
        append_utf8(text, braille_blank + cell);
      } else {
        text += cell == 0 ? ' ' : '*';
      }
    }
    return text;
  }

 private:
  /// Braille characters have three bytes.
  static void append_utf8(std::string& text, unsigned character) {
    text += static_cast<char>(0xE0U | character >> 12U);
    text += static_cast<char>(0x80U | (character >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (character & 0x3FU));
  }

  plot_ink ink_;
  std::size_t columns_, width_, height_;
  std::vector<unsigned> cells_;
};

/// Every value gets a dot; where there are fewer values than dots, each is a step of the stairs.
void draw(std::span<const double> values, double low, double high, canvas& on) {
  const auto lowest_row = static_cast<double>(on.height() - 1);
  for (std::size_t x = 0; x < on.width(); ++x) {
    const std::size_t first = x * values.size() / on.width();
    const std::size_t last = std::max(first + 1, (x + 1) * values.size() / on.width());
    for (std::size_t i = first; i < last; ++i) {
      const double height = high > low ? (values[i] - low) / (high - low) : 0;
      on.set(x, static_cast<std::size_t>(std::lround((1 - height) * lowest_row)));
    }
  }
}

/// In one line: the first at its left end, the last at its right end, the others centred on their places.
std::string spread(const std::vector<std::string>& labels, std::size_t columns) {
  std::string line;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t last = labels.size() - 1;
    const std::size_t place = i * columns / last;
    const std::size_t before = i == 0 ? 0 : i == last ? labels[i].size() : labels[i].size() / 2;
    const std::size_t column = place > before ? place - before : 0;
    if (column > line.size()) line.append(column - line.size(), ' ');
    line += labels[i];
  }
  return line;
}

}  // namespace

plot_ink plot_ink_of_terminal() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool plain =
      (no_color != nullptr && *no_color != '\0') || (term != nullptr && std::string_view(term) == "dumb");
  return plain ? plot_ink::ascii : plot_ink::braille;
}

std::string plot(std::span<const double> values, const std::vector<std::string>& labels, plot_size size,
                 plot_ink ink) {
  const auto [low, high] = std::ranges::minmax(values);
  canvas dots(size, ink);
  draw(values, low, high, dots);
  const std::string top = fmt::format("{:.4g}", high);
  const std::string bottom = fmt::format("{:.4g}", low);
  const std::size_t margin = std::max(top.size(), bottom.size());
  std::string text;
  for (std::size_t row = 0; row < size.rows; ++row) {
    std::string_view label;
    if (row == 0) label = top;
    if (row + 1 == size.rows) label = bottom;
    text += fmt::format("{:>{}} |{}\n", label, margin, dots.line(row));
  }
  text += fmt::format("{:>{}} +{:-<{}}\n", "", margin, "", size.columns);
  text += fmt::format("{:>{}}  {}\n", "", margin, spread(labels, size.columns));
  return text;
}

std::string plot_on_terminal(std::span<const double> values, const std::vector<std::string>& labels,
                             std::size_t rows) {
  constexpr std::size_t widest = 80;
  constexpr std::size_t label_columns = 12;  // beside the plot
  const std::size_t room = std::min<std::size_t>(terminal_width(), widest);
  const std::size_t columns = std::max<std::size_t>(room, 2 * label_columns) - label_columns;
  return plot(values, labels, {columns, rows}, plot_ink_of_terminal());
}

std::string plot_on_terminal(std::span<const double> values, std::size_t rows) {
  return plot_on_terminal(values, {"0", std::to_string(values.size() - 1)}, rows);
}

}  // namespace ravine::cli
