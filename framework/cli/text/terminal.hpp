#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ravine::cli {

/// Whether standard error is a terminal that a progress bar may be drawn on.
bool stderr_is_terminal();

/// Whether standard output is a terminal that shows bold, and NO_COLOR (no-color.org) does not ask for plain
/// text.
bool stdout_shows_bold();

/// Columns of the terminal at standard error; 80 if unknown.
unsigned terminal_width();

/// How wide results may be, 40 columns at least: as COLUMNS says, else as the terminal at standard output is.
/// Empty where there is none: a file or another program takes lines of any length.
std::optional<unsigned> output_width();

/// Shows one line of text on the terminal at standard error, as far as there is room, in place of the one
/// that was shown before; the cursor stays on it.
void draw_status_line(std::string_view text);
void clear_status_line();

/// "1.5 s", "2 min 05 s", "3 h 10 min".
std::string duration_text(double seconds);

}  // namespace ravine::cli
