#include "text/table_writer.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"
#include "text/text_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

constexpr std::size_t usual_width = 100;  // of sentences
constexpr const char* mark = "* ";        // before the leader of a column
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

}  // namespace

/// Breaks at spaces. The first line begins with `first`, the others with `indent`.
std::string table_writer::wrapped(const std::string& written, const std::string& first,
                                  const std::string& indent) const {
  const std::string text = printable(written);
  std::string all;
  std::string line = first;
  bool begun = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (begun && display_width(line) + 1 + display_width(word) > width_.value_or(usual_width)) {
      all += line + '\n';
      line = indent + word;
    } else {
      line += (begun ? " " : "") + word;
    }
    begun = true;
    begin = end + 1;
  }
  return all + line + '\n';
}

std::string table_writer::heading(const std::string& title, const std::string& detail) const {
  if (style_ == text_style::markdown) return fmt::format("### {}\n\n{}\n\n", escaped(title), detail);
  return wrapped(fmt::format("{} · {}", title, detail), "", "  ");
}

std::string table_writer::table(std::vector<std::vector<std::string>> rows) const {
  if (style_ != text_style::markdown) {
    for (auto& row : rows) row[0].insert(0, "  ");
    return text_table(std::move(rows), {.width = width_.value_or(unlimited),
                                        .aligns_numbers = true,
                                        .bold_prefix = style_ == text_style::bold_terminal ? mark : ""});
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].resize(rows[0].size());
    std::ranges::transform(rows[i], rows[i].begin(), [](auto& cell) { return printable(cell); });
    text += fmt::format("| {} |\n", fmt::join(rows[i], " | "));
    if (i == 0) {
      text += "|---|";
      for (std::size_t column = 1; column < rows[0].size(); ++column) text += "---:|";
      text += '\n';
    }
  }
  return text + '\n';
}

std::string table_writer::paragraph(const std::string& text) const {
  return style_ == text_style::markdown ? escaped(text) + "\n\n" : wrapped(text, "  ", "  ");
}

std::string table_writer::item(const std::string& text) const {
  // Without the empty line, a paragraph or a table that follows would be part of the item.
  return style_ == text_style::markdown ? "- " + escaped(text) + "\n\n" : wrapped(text, "  - ", "    ");
}

std::string table_writer::marked(const std::string& cell) const {
  return style_ == text_style::markdown ? "**" + cell + "**" : mark + cell;
}

std::string table_writer::continued(const std::string& cell) const {
  return style_ == text_style::markdown ? escaped(cell) : "  " + cell;
}

std::string table_writer::escaped(const std::string& text) const {
  if (style_ != text_style::markdown) return text;
  std::string safe;
  for (const char c : printable(text)) {
    if (std::string_view("|*_`<>[]\\#").find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

}  // namespace ravine::cli
