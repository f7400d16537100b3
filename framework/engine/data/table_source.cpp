#include "data/table_source.hpp"

#include "data/data_error.hpp"
#include "data/npy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_example_dimensions = 8;

struct labelled_arrays {
  std::vector<std::size_t> shape;  // of one example
  image_table examples;
};

/// An array's rows as the features of examples.
image_table features_of(npy_array array, const std::string& name) {
  image_table table;
  if (array.type == npy_type::uint8) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(array.bytes.data());
    table.pixels.assign(first, first + array.bytes.size());
  } else {
    table.values = npy_floats(array, name);
  }
  return table;
}

labelled_arrays read_arrays(const fs::path& features, const fs::path& labels, learning_task task) {
  npy_array rows = read_npy(features);
  const std::size_t count = rows.shape[0];
  labelled_arrays read{{rows.shape.begin() + 1, rows.shape.end()}, {}};
  if (read.shape.empty()) read.shape = {1};
  read.examples = features_of(std::move(rows), features.string());
  const npy_array column = read_npy(labels);
  if (column.shape[0] != count) {
    throw data_error(
        fmt::format("{} holds {} examples, but {} holds {} labels: expected as many labels as examples",
                    features.string(), count, labels.string(), column.shape[0]));
  }
  if (task == learning_task::regression) {
    read.examples.targets = npy_targets(column, labels.string());
    read.examples.labels_each = 0;
  } else {
    read.examples.labels = npy_labels(column, labels.string());
  }
  return read;
}

void check_alike(const fs::path& train_file, const labelled_arrays& train, const fs::path& test_file,
                 const labelled_arrays& test) {
  if (train.shape != test.shape) {
    throw data_error(fmt::format("{} holds examples of shape ({}), but {} of ({}): expected one shape",
                                 train_file.string(), fmt::join(train.shape, ", "), test_file.string(),
                                 fmt::join(test.shape, ", ")));
  }
  if (train.examples.pixels.empty() != test.examples.pixels.empty()) {
    throw data_error(
        fmt::format("{} and {} hold values of different kinds: expected uint8 in both, or in neither",
                    train_file.string(), test_file.string()));
  }
}

/// Labels are checked here where the classes are those that occur.
void check_classes(const dataset_content& data, const std::string& place) {
  if (data.classes >= 2) return;
  throw data_error(fmt::format("{}: all examples are of one class; expected at least two", place));
}

void split_and_scale(dataset_content& data, const table_parts& parts) {
  split_sizes sizes = parts.split;
  const std::size_t count = data.train.size();
  if (data.test.size() > 0 && sizes.test > 0) {
    throw data_error(fmt::format("{}: found `test: {}` and a file for the test; expected one of the two",
                                 data.name, sizes.test));
  }
  if (data.test.size() == 0 && sizes.test == 0) {
    sizes.test = std::max<std::size_t>(1, count / 5);
  }
  split_validation(data, sizes);
  if (parts.scale == standardization::on) standardize(data);
}

std::uint8_t largest(const std::vector<std::uint8_t>& labels) {
  return labels.empty() ? std::uint8_t{0} : std::ranges::max(labels);
}

/// Numbers the classes of a test table as those of the training table.
void renumber(csv_table& test, const csv_table& train, const std::string& file) {
  std::vector<std::uint8_t> place;
  for (const std::string& each : test.classes) {
    const auto found = std::ranges::find(train.classes, each);
    if (found == train.classes.end()) {
      throw data_error(fmt::format(
          "{}: class {} is not among those of the training file: {}", file, each,
          fmt::join(std::span(train.classes).first(std::min<std::size_t>(20, train.classes.size())), ", ")));
    }
    place.push_back(static_cast<std::uint8_t>(found - train.classes.begin()));
  }
  for (std::uint8_t& each : test.target) each = place[each];
}

image_table examples_of(csv_table table) {
  const std::size_t labels_each = table.classes.empty() ? 0 : 1;
  return {{}, std::move(table.target), std::move(table.values), labels_each, std::move(table.numbers)};
}

/// Pixels as values, as they are.
void make_values(image_table& part) {
  if (part.pixels.empty()) return;
  part.values.assign(part.pixels.begin(), part.pixels.end());
  part.pixels = {};
}

struct moments {
  double mean = 0, deviation = 0;
};

/// In two passes: the second is exact where values are large beside their spread.
moments moments_of(std::span<const float> values, std::size_t column, std::size_t columns) {
  const std::size_t rows = values.size() / columns;
  const auto count = static_cast<double>(rows);
  moments found;
  for (std::size_t i = column; i < values.size(); i += columns) found.mean += static_cast<double>(values[i]);
  found.mean /= count;
  for (std::size_t i = column; i < values.size(); i += columns) {
    const double distance = static_cast<double>(values[i]) - found.mean;
    found.deviation += distance * distance;
  }
  found.deviation = std::sqrt(found.deviation / count);
  return found;
}

/// Scales a column of each part by the moments that it has in the first part.
void standardize_column(const std::array<std::span<float>, 3>& parts, std::size_t column,
                        std::size_t columns) {
  const auto [mean, deviation] = moments_of(parts.front(), column, columns);
  // What rounding leaves of a constant is no spread.
  const bool constant = deviation <= 1e-12 * std::abs(mean);
  for (const std::span<float> part : parts) {
    for (std::size_t i = column; i < part.size(); i += columns) {
      const double centred = static_cast<double>(part[i]) - mean;
      part[i] = static_cast<float>(constant ? centred : centred / deviation);
    }
  }
}

}  // namespace

void standardize(dataset_content& data) {
  for (image_table* const part : {&data.train, &data.validation, &data.test}) make_values(*part);
  const std::size_t columns = data.features();
  for (std::size_t column = 0; column < columns; ++column)
    standardize_column({data.train.values, data.validation.values, data.test.values}, column, columns);
  if (!data.train.targets.empty())
    standardize_column({data.train.targets, data.validation.targets, data.test.targets}, 0, 1);
}

dataset_content load_npy(const npy_files& files, const table_parts& parts) {
  labelled_arrays train = read_arrays(files.features, files.labels, parts.task);
  if (train.shape.size() > most_example_dimensions) {
    throw data_error(fmt::format("{}: examples have {} dimensions, expected at most {}",
                                 files.features.string(), train.shape.size(), most_example_dimensions));
  }
  dataset_content data;
  data.name = "npy";
  if (!files.test_features.empty()) {
    labelled_arrays test = read_arrays(files.test_features, files.test_labels, parts.task);
    check_alike(files.features, train, files.test_features, test);
    data.test = std::move(test.examples);
  }
  data.shape = std::move(train.shape);
  data.train = std::move(train.examples);
  if (parts.task == learning_task::classification) {
    data.classes = std::size_t{1} + std::max(largest(data.train.labels), largest(data.test.labels));
    check_classes(data, files.labels.string());
  }
  split_and_scale(data, parts);
  return data;
}

dataset_content load_csv(const csv_files& files, const csv_options& options, const table_parts& parts) {
  csv_table train = read_csv(files.all, options);
  const bool classified = options.task == learning_task::classification;
  dataset_content data;
  data.name = "csv";
  data.shape = {train.columns.size()};
  data.classes = train.classes.size();
  if (classified) check_classes(data, files.all.string());
  if (!files.test.empty()) {
    csv_table test = read_csv(files.test, options);
    if (test.columns != train.columns) {
      throw data_error(fmt::format(
          "{} has the features {}, but {} has {}: expected the same columns", files.test.string(),
          fmt::join(std::span(test.columns).first(std::min<std::size_t>(20, test.columns.size())), ", "),
          files.all.string(),
          fmt::join(std::span(train.columns).first(std::min<std::size_t>(20, train.columns.size())), ", ")));
    }
    if (classified) renumber(test, train, files.test.string());
    data.test = examples_of(std::move(test));
  }
  data.train = examples_of(std::move(train));
  split_and_scale(data, parts);
  return data;
}

}  // namespace ravine
