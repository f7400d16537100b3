#pragma once

#include "data/dataset_content.hpp"
#include "data/idx.hpp"
#include "data/split.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace ravine {

/// Four IDX files that belong together, see data/idx.hpp.
struct idx_files {
  std::filesystem::path train_images, train_labels, test_images, test_labels;
};

/// What those files hold, each well-formed in itself.
struct idx_content {
  idx_images train_images;
  idx_labels train_labels;
  idx_images test_images;
  idx_labels test_labels;
};

/// Reads the files. Throws data_error that names the file at fault: missing or malformed.
idx_content read_idx_files(const idx_files& files);

struct idx_dataset_options {
  std::string name;          ///< of the data source
  std::size_t classes = 10;  ///< labels are below it
  split_sizes split;
};

/// The dataset, with validation split off the training images. Throws data_error that names the files at
/// fault: a label out of range, counts that differ, images of two sizes.
dataset_content make_idx_dataset(const idx_files& files, idx_content content,
                                 const idx_dataset_options& options);

}  // namespace ravine
