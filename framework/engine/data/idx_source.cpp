#include "data/idx_source.hpp"

#include "data/data_error.hpp"

#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

struct named_images {
  const fs::path& file;
  idx_images& content;
};

struct named_labels {
  const fs::path& file;
  idx_labels& content;
};

image_table join(named_images images, named_labels labels, std::size_t classes) {
  if (images.content.count != labels.content.values.size()) {
    throw data_error(fmt::format(
        "{} holds {} images, but {} holds {} labels: expected as many labels as images", images.file.string(),
        images.content.count, labels.file.string(), labels.content.values.size()));
  }
  check_labels(labels.content.values, classes, labels.file.string());
  return {std::move(images.content.pixels), std::move(labels.content.values)};
}

void check_sizes(named_images train, named_images test) {
  if (train.content.rows == test.content.rows && train.content.columns == test.content.columns) return;
  throw data_error(fmt::format("{} holds images of {} x {}, but {} of {} x {}: expected one size",
                               train.file.string(), train.content.rows, train.content.columns,
                               test.file.string(), test.content.rows, test.content.columns));
}

}  // namespace

idx_content read_idx_files(const idx_files& files) {
  return {read_idx_images(files.train_images), read_idx_labels(files.train_labels),
          read_idx_images(files.test_images), read_idx_labels(files.test_labels)};
}

dataset_content make_idx_dataset(const idx_files& files, idx_content content,
                                 const idx_dataset_options& options) {
  const named_images train{files.train_images, content.train_images};
  const named_images test{files.test_images, content.test_images};
  check_sizes(train, test);
  dataset_content data;
  data.name = options.name;
  data.shape = {content.train_images.rows, content.train_images.columns};
  data.classes = options.classes;
  data.train = join(train, {files.train_labels, content.train_labels}, options.classes);
  data.test = join(test, {files.test_labels, content.test_labels}, options.classes);
  split_validation(data, options.split);
  return data;
}

}  // namespace ravine
