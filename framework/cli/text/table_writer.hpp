#pragma once

#include "text/comparison_text.hpp"

#include <string>
#include <vector>

namespace ravine::cli {

/// Puts the parts of a comparison into a style of text, what is not printable escaped.
class table_writer {
 public:
  explicit table_writer(text_style style) : style_(style) {}

  /// A title, and what is to be said of the table that follows.
  std::string heading(const std::string& title, const std::string& detail) const;
  /// The first row is the heading.
  std::string table(std::vector<std::vector<std::string>> rows) const;
  /// Text of its own, broken at 100 columns.
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
  text_style style_;
};

}  // namespace ravine::cli
