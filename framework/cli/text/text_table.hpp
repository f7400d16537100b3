#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace ravine::cli {

struct table_form {
  /// Columns of text. A table that is wider goes on below itself, each part with the first column.
  std::size_t width = std::numeric_limits<std::size_t>::max();
  /// Columns of numbers to the right; all others, and the first, are to the left.
  bool aligns_numbers = false;
  /// Cells that begin with it are in bold, by the terminal's control sequences; empty: none.
  std::string bold_prefix = {};
};

/// Rows of cells, two spaces between columns. The first row is the heading. What is not printable in a cell
/// is escaped, line ends too.
std::string text_table(std::vector<std::vector<std::string>> rows, const table_form& form = {});

}  // namespace ravine::cli
