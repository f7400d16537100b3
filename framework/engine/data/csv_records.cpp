#include "data/csv_records.hpp"

#include "data/data_error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {

csv_records::csv_records(std::string_view content, char separator, std::string_view name)
    : rest_(content), name_(name), separator_(separator) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool csv_records::next() {
  while (!rest_.empty() && at_line_end()) skip_line_end();
  if (rest_.empty()) return false;
  line_ = next_line_;
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == fields_.size()) fields_.emplace_back();
    read_field(fields_[count]);
    more = !rest_.empty() && !at_line_end();
    if (more) rest_.remove_prefix(1);  // the separator
  }
  fields_.resize(count);
  if (!rest_.empty()) skip_line_end();
  return true;
}

void csv_records::read_field(csv_field& into) {
  into.quoted = !rest_.empty() && rest_.front() == '"';
  if (into.quoted) return read_quoted(into);
  const auto end =
      std::ranges::find_if(rest_, [&](char c) { return c == separator_ || c == '\n' || c == '\r'; });
  into.text.assign(rest_.begin(), end);
  rest_.remove_prefix(into.text.size());
}

void csv_records::read_quoted(csv_field& into) {
  into.text.clear();
  rest_.remove_prefix(1);
  for (;;) {
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) {
      throw data_error(
          fmt::format("{}: line {}: a field in quotes doesn't end; expected a closing \"; a quote within "
                      "such a field is doubled: \"\"",
                      name_, line_));
    }
    into.text += rest_.substr(0, end);
    next_line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, end), '\n'));
    rest_.remove_prefix(end + 1);
    if (!rest_.starts_with('"')) break;
    into.text += '"';
    rest_.remove_prefix(1);
  }
  while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  if (rest_.empty() || rest_.front() == separator_ || at_line_end()) return;
  throw data_error(
      fmt::format("{}: line {}: found {} after a closing quote; expected '{}' or the end of the line; "
                  "a quote within a field in quotes is doubled: \"\"",
                  name_, line_, rest_.front(), separator_));
}

bool csv_records::at_line_end() const { return rest_.front() == '\n' || rest_.front() == '\r'; }

void csv_records::skip_line_end() {
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++next_line_;
}

}  // namespace ravine
