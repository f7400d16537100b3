#pragma once

#include <string>
#include <vector>

namespace ravine::cli {

/// A line of CSV (RFC 4180, but ending in a newline alone), cells quoted where they need it.
std::string csv_line(std::vector<std::string> cells);

}  // namespace ravine::cli
