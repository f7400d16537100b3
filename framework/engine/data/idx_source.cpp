#include "data/idx_source.hpp"

#include "data/data_error.hpp"
#include "data/idx.hpp"

#include <utility>

#include <fmt/format.h>

namespace ravine {

dataset load_idx(const idx_files& files, split_sizes sizes) {
  labelled_images train = read_idx_pair(files.train_images, files.train_labels);
  labelled_images test = read_idx_pair(files.test_images, files.test_labels);
  check_labels(train.examples.labels, files.classes, files.train_labels.string());
  check_labels(test.examples.labels, files.classes, files.test_labels.string());
  if (train.rows != test.rows || train.columns != test.columns) {
    throw data_error(fmt::format("{} holds images of {} x {}, but {} of {} x {}: expected one size",
                                 files.train_images.string(), train.rows, train.columns,
                                 files.test_images.string(), test.rows, test.columns));
  }
  dataset data;
  data.name = "idx";
  data.shape = {train.rows, train.columns};
  data.classes = files.classes;
  data.train = std::move(train.examples);
  data.test = std::move(test.examples);
  split_validation(data, sizes);
  data.fingerprint = content_fingerprint(data);
  return data;
}

}  // namespace ravine
