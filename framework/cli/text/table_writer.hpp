#pragma once

#include "text/comparison_text.hpp"
#include "text/terminal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ravine::cli {

/// Puts the parts of a comparison into a style of text, what is not printable escaped.
class table_writer {
 public:
  explicit table_writer(text_style style) : style_(style), width_(output_width()) {}

  /// A title, and what is to be said of the table that follows.
  std::string heading(const std::string& title, const std::string& detail) const;
  /// The first row is the heading.
  std::string table(std::vector<std::vector<std::string>> rows) const;
  /// Text of its own, broken where the terminal ends.
  std::string paragraph(const std::string& text) const;
  /// The same, as an item of a list.
  std::string item(const std::string& text) const;

  /// A cell with the leader of its column.
  std::string marked(const std::string& cell) const;
  /// A cell that goes on with the one above.
  std::string continued(const std::string& cell) const;
  /// Text of the user's that must not act as markup.
  std::string escaped(const std::string& text) const;

 private:
  std::string wrapped(const std::string& written, const std::string& first, const std::string& indent) const;

  text_style style_;
  std::optional<unsigned> width_;
};

}  // namespace ravine::cli
