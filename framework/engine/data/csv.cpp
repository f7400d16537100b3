#include "data/csv.hpp"

#include "data/csv_records.hpp"
#include "data/data_error.hpp"
#include "data/dataset.hpp"
#include "data/file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::size_t most_csv_classes = 256;  // labels are bytes
constexpr std::size_t most_csv_columns = 100'000;
constexpr std::size_t longest_shown = 40;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The number that the whole text is; none if it is no number. An exponent beyond a double's counts as
/// infinite.
std::optional<double> csv_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || fault == std::errc::invalid_argument)
    return std::nullopt;
  return fault == std::errc::result_out_of_range ? HUGE_VAL : value;
}

/// How tables write that a value is missing: nothing, and what R, pandas and the UCI repository use.
bool is_missing(std::string_view text) {
  constexpr std::array words{"", "?", "NA", "N/A", "na", "NaN", "nan", "NULL", "null", "None"};
  return std::ranges::find(words, trimmed(text)) != words.end();
}

std::string shown(std::string_view text) {
  std::string printable(text.substr(0, longest_shown));
  std::ranges::replace_if(
      printable, [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '.');
  return text.size() > longest_shown ? printable + "…" : printable;
}

class csv_reader {
 public:
  csv_reader(std::string_view content, const csv_options& options, std::string_view name)
      : options_(options), name_(name), records_(content, options.separator, name) {}

  csv_table read() {
    if (!records_.next()) fail("is empty; expected a line for each example");
    begin();
    if (header_ && !records_.next()) fail("has a header and no example");
    do read_row();
    while (records_.next());
    name_classes();
    return std::move(table_);
  }

 private:
  const std::vector<csv_field>& fields() const { return records_.fields(); }

  void begin() {
    width_ = fields().size();
    first_line_ = records_.line();
    if (width_ < 2) {
      fail(fmt::format(
          "line {} has one field: {}; expected a target and at least one feature, apart by '{}' (see the "
          "option separator)",
          records_.line(), shown(fields()[0].text), separator_text()));
    }
    if (width_ > most_csv_columns)
      fail(fmt::format("has {} columns, expected at most {}", width_, most_csv_columns));
    target_ = numbered_target();
    header_ = options_.header == csv_header::present ||
              (options_.header == csv_header::detect && looks_like_header());
    if (header_) find_named_target();
    if (!target_) fail_for_target();
    for (std::size_t i = 0; i < width_; ++i) {
      names_.push_back(header_ ? std::string(trimmed(fields()[i].text)) : std::to_string(i + 1));
      if (i != *target_) table_.columns.push_back(names_.back());
    }
  }

  std::string separator_text() const {
    return options_.separator == '\t' ? "tab" : std::string(1, options_.separator);
  }

  std::optional<std::size_t> numbered_target() const {
    if (options_.target == "last") return width_ - 1;
    std::size_t number = 0;
    const char* const end = options_.target.data() + options_.target.size();
    const auto [at, fault] = std::from_chars(options_.target.data(), end, number);
    if (fault != std::errc() || at != end || number < 1 || number > width_) return std::nullopt;
    return number - 1;
  }

  /// A target that is named can only be in a header. Else no feature of a header is a number.
  bool looks_like_header() const {
    if (!target_) return true;
    for (std::size_t i = 0; i < width_; ++i) {
      if (i != *target_ && (csv_number(fields()[i].text) || is_missing(fields()[i].text))) return false;
    }
    return true;
  }

  /// A name counts before a number.
  void find_named_target() {
    for (std::size_t i = 0; i < width_; ++i) {
      if (trimmed(fields()[i].text) == options_.target) target_ = i;
    }
  }

  [[noreturn]] void fail_for_target() const {
    std::string known;
    for (std::size_t i = 0; i < width_ && known.size() < 400; ++i)
      known += (i == 0 ? "" : ", ") + shown(fields()[i].text);
    fail(header_
             ? fmt::format("has no column {}; line {} names {}: give target: one of them, a number from 1 to "
                           "{}, or last",
                           options_.target, records_.line(), known, width_)
             : fmt::format(
                   "has no column {}, since it has no header; give target: a number from 1 to {}, or last",
                   options_.target, width_));
  }

  void read_row() {
    if (fields().size() != width_) {
      fail(fmt::format(
          "line {} has {} fields, expected {} as in the first line; a field that holds the separator '{}' "
          "must be in quotes",
          records_.line(), fields().size(), width_, separator_text()));
    }
    for (std::size_t i = 0; i < width_; ++i) {
      if (i == *target_ && options_.task == learning_task::regression) {
        table_.numbers.push_back(
            value_of(fields()[i].text, i,
                     "if it names a class, leave out task: regression, or choose another target"));
      } else if (i == *target_) {
        table_.target.push_back(class_of(fields()[i]));
      } else {
        table_.values.push_back(
            value_of(fields()[i].text, i, "leave the column out or write its classes as columns of 0 and 1"));
      }
    }
  }

  float value_of(std::string_view text, std::size_t column, std::string_view hint) const {
    if (is_missing(text)) {
      fail_at(column,
              fmt::format("is missing (found \"{}\"); expected a number: fill it in or leave the line out",
                          shown(text)));
    }
    const auto number = csv_number(text);
    if (!number) {
      fail_at(column, fmt::format("is \"{}\", expected a number: {}{}", shown(text), hint,
                                  records_.line() == first_line_ ? first_line_hint() : ""));
    }
    const auto value = static_cast<float>(*number);
    if (!std::isfinite(value)) {
      fail_at(column,
              fmt::format("is {}, expected a finite number that a 32-bit float can hold", shown(text)));
    }
    return value;
  }

  static const char* first_line_hint() {
    return "; if the first line names the columns, give header: present";
  }

  /// The class as a number in the order of appearance, which name_classes() changes.
  std::uint8_t class_of(const csv_field& field) {
    const std::string text(field.quoted ? std::string_view(field.text) : trimmed(field.text));
    if (is_missing(text))
      fail_at(*target_, fmt::format("is missing (found \"{}\"); expected a class", shown(text)));
    const auto number = csv_number(text);
    all_numbers_ = all_numbers_ && number.has_value();
    if (number && *number != std::floor(*number) && real_target_.empty()) {
      real_target_ = fmt::format("line {}, column {} is {}", records_.line(), names_[*target_], shown(text));
    }
    const auto [found, is_new] = seen_.try_emplace(text, seen_.size());
    if (is_new && seen_.size() > most_csv_classes) {
      refuse_real_target();
      fail_at(*target_,
              fmt::format("is class number {}, {}; expected at most {} classes: if the target is a quantity, "
                          "give task: regression",
                          seen_.size(), shown(text), most_csv_classes));
    }
    return static_cast<std::uint8_t>(found->second);
  }

  /// A whole column of numbers is a quantity if one of them is no whole number.
  void refuse_real_target() const {
    if (!all_numbers_ || real_target_.empty()) return;
    fail(
        fmt::format("{}: a real number, expected whole numbers or texts that name classes; to predict the "
                    "number, give task: regression",
                    real_target_));
  }

  void name_classes() {
    refuse_real_target();
    for (const auto& [text, number] : seen_) table_.classes.push_back(text);
    if (all_numbers_)
      std::ranges::stable_sort(table_.classes, {}, [](const auto& text) { return *csv_number(text); });
    std::vector<std::uint8_t> place(seen_.size());
    for (std::size_t i = 0; i < place.size(); ++i)
      place[seen_[table_.classes[i]]] = static_cast<std::uint8_t>(i);
    for (std::uint8_t& each : table_.target) each = place[each];
  }

  [[noreturn]] void fail_at(std::size_t column, std::string_view fault) const {
    fail(fmt::format("line {}, column {} {}", records_.line(), shown(names_[column]), fault));
  }
  [[noreturn]] void fail(std::string_view fault) const {
    throw data_error(fmt::format("{}: {}", name_, fault));
  }

  const csv_options& options_;
  std::string_view name_;
  csv_records records_;
  csv_table table_;
  std::vector<std::string> names_;
  std::size_t width_ = 0, first_line_ = 0;
  std::optional<std::size_t> target_;
  bool header_ = false, all_numbers_ = true;
  std::string real_target_;  // where the first real number among the targets is
  std::map<std::string, std::size_t> seen_;
};

}  // namespace

csv_table parse_csv(std::string_view content, const csv_options& options, std::string_view name) {
  return csv_reader(content, options, name).read();
}

csv_table read_csv(const std::filesystem::path& file, const csv_options& options) {
  const std::vector<std::byte> bytes = read_file(file, most_dataset_bytes());
  return parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options, file.string());
}

}  // namespace ravine
