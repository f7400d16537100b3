#pragma once

#include <string>
#include <vector>

namespace ravine::cli {

/// Rows of cells, aligned to the left, two spaces between columns. The first row is the heading. What is not
/// printable in a cell is escaped, line ends too.
std::string text_table(std::vector<std::vector<std::string>> rows);

}  // namespace ravine::cli
