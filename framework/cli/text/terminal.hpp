#pragma once

#include <cstdio>
#include <string>

namespace ravine::cli {

/// Whether standard error is a terminal that a progress bar may be drawn on.
bool stderr_is_terminal();

/// Columns of the terminal at standard error; 80 if unknown.
unsigned terminal_width();

/// "1.5 s", "2 min 05 s", "3 h 10 min".
std::string duration_text(double seconds);

}  // namespace ravine::cli
