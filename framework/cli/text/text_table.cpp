#include "text/text_table.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <string_view>

namespace ravine::cli {
namespace {

using table = std::vector<std::vector<std::string>>;

constexpr std::size_t gap = 2;

struct column {
  std::size_t width = 0;
  bool to_right = false;
};

/// "-1.2", "* 0.5", "inf", "—", "" where there is none.
bool is_number(std::string_view cell) {
  if (cell.starts_with("* ")) cell.remove_prefix(2);
  if (cell.empty() || cell.starts_with("—")) return true;
  if (cell.starts_with('-')) cell.remove_prefix(1);
  return cell.starts_with("inf") || cell.starts_with("nan") ||
         (!cell.empty() && cell[0] >= '0' && cell[0] <= '9');
}

std::vector<column> columns_of(const table& rows, bool aligns_numbers) {
  std::vector<column> columns;
  for (const auto& row : rows) columns.resize(std::max(columns.size(), row.size()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].to_right = aligns_numbers && i > 0;
    for (const auto& row : rows) {
      if (i >= row.size()) continue;
      columns[i].width = std::max(columns[i].width, display_width(row[i]));
      if (&row != &rows.front() && !is_number(row[i])) columns[i].to_right = false;
    }
  }
  return columns;
}

std::string line_of(const std::vector<std::string>& row, const std::vector<column>& columns,
                    std::size_t first, std::size_t end, const std::string& bold_prefix) {
  std::string line;
  const auto put = [&](std::size_t i) {
    if (i >= row.size()) return;
    const bool is_bold = !bold_prefix.empty() && row[i].starts_with(bold_prefix);
    const std::string cell = is_bold ? "\x1b[1m" + row[i] + "\x1b[0m" : row[i];
    const std::string room(columns[i].width - display_width(row[i]), ' ');
    line += columns[i].to_right ? room + cell : cell + room;
    line.append(gap, ' ');
  };
  put(0);
  for (std::size_t i = std::max<std::size_t>(first, 1); i < end; ++i) put(i);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

/// Behind the last column from `first` on that fits beside column 0; at least one does.
std::size_t end_of_part(const std::vector<column>& columns, std::size_t first, std::size_t width) {
  std::size_t taken = columns[0].width, end = std::max<std::size_t>(first, 1);
  do {
    if (end < columns.size()) taken += gap + columns[end++].width;
  } while (end < columns.size() && taken + gap + columns[end].width <= width);
  return end;
}

}  // namespace

std::string text_table(table rows, const table_form& form) {
  for (auto& row : rows) std::ranges::transform(row, row.begin(), [](auto& cell) { return printable(cell); });
  const std::vector<column> columns = columns_of(rows, form.aligns_numbers);
  std::string text;
  for (std::size_t first = 0; first < columns.size();) {
    const std::size_t end = end_of_part(columns, first, form.width);
    for (const auto& row : rows) {
      // A row that has the first column alone goes on with the one above: once is enough.
      if (first == 0 || row.size() > 1) text += line_of(row, columns, first, end, form.bold_prefix);
    }
    first = end;
  }
  return text;
}

}  // namespace ravine::cli
