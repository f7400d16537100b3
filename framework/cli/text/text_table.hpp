#pragma once

#include <string>
#include <vector>

namespace ravine::cli {

/// Rows of cells, aligned to the left, two spaces between columns. The first row is the heading.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// Characters of UTF-8 text.
std::size_t character_count(const std::string& text);

}  // namespace ravine::cli
