#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ravine::cli {

/// What a plot is drawn with: braille, eight dots a character, or one * a character.
enum class plot_ink { braille, ascii };

/// Braille unless NO_COLOR is set or the terminal is dumb, which fonts and readers of either may not show.
plot_ink plot_ink_of_terminal();

/// Characters inside the frame.
struct plot_size {
  std::size_t columns;
  std::size_t rows;
};

/// A curve over evenly spaced points: lines of text with the values' range at the left, and below it the
/// labels of points that are evenly spaced too, from the first to the last. Needs at least one value, all of
/// them finite, and two labels.
std::string plot(std::span<const double> values, const std::vector<std::string>& labels, plot_size size,
                 plot_ink ink);

/// As wide as the terminal, but at most 80 columns, with as many rows inside the frame.
std::string plot_on_terminal(std::span<const double> values, const std::vector<std::string>& labels,
                             std::size_t rows);

/// The same over 0, 1, 2, …
std::string plot_on_terminal(std::span<const double> values, std::size_t rows);

}  // namespace ravine::cli
