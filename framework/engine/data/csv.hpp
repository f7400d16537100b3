#pragma once

#include "data/learning_task.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Reader of tables of numbers in text (RFC 4180): a line for each example, fields apart by a separator,
/// where a field in double quotes may hold separators, line breaks and doubled quotes. One column, the
/// target, names the class of the example, or is the number to predict; all others are features. Every error
/// is a data_error that begins with the file's name and tells the line and the column.
namespace ravine {

enum class csv_header : std::uint8_t { detect, present, absent };

struct csv_options {
  std::string target = "last";  ///< a column by its name or its number from 1, or the last one
  csv_header header = csv_header::detect;
  char separator = ',';
  learning_task task = learning_task::classification;
};

struct csv_table {
  std::vector<std::string> columns;  ///< names of the features; numbers, from 1, without a header
  std::vector<float> values;         ///< rows x columns, row-major, finite
  std::vector<std::uint8_t> target;  ///< the class of each row, an index into `classes`
  std::vector<std::string> classes;  ///< as written: in order by value if all are numbers, else as text
  std::vector<float> numbers;        ///< the target of each row in a regression, finite; then no classes
};

/// A table from the content of a file; `name` stands in messages. Refuses what is missing or no number among
/// the features, lines of different lengths, more than 256 classes, classes that are real numbers, and
/// targets of a regression that are none.
csv_table parse_csv(std::string_view content, const csv_options& options, std::string_view name);

csv_table read_csv(const std::filesystem::path& file, const csv_options& options);

}  // namespace ravine
