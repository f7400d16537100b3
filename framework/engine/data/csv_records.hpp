#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A field of a record, unquoted.
struct csv_field {
  std::string text;
  bool quoted = false;
};

/// Takes a text apart into records: lines, but for line breaks within quotes. Blank lines are left out.
/// Throws data_error that begins with `name` when a quoted field doesn't end, or something follows it.
class csv_records {
 public:
  csv_records(std::string_view content, char separator, std::string_view name);

  /// The next record; false at the end.
  bool next();

  /// Of the record in hand; valid until the next call.
  const std::vector<csv_field>& fields() const { return fields_; }
  /// The line on which it begins, from 1.
  std::size_t line() const { return line_; }

 private:
  void read_field(csv_field& into);
  void read_quoted(csv_field& into);
  bool at_line_end() const;
  void skip_line_end();

  std::string_view rest_, name_;
  char separator_;
  std::size_t next_line_ = 1, line_ = 0;
  std::vector<csv_field> fields_;
};

}  // namespace ravine
