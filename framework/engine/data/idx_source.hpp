#pragma once

#include "data/dataset.hpp"
#include "data/split.hpp"

#include <cstddef>
#include <filesystem>

namespace ravine {

/// Four IDX files that belong together, see data/idx.hpp.
struct idx_files {
  std::filesystem::path train_images, train_labels, test_images, test_labels;
  std::size_t classes = 10;
};

/// The dataset in those files, with validation split off the training images. Throws data_error that names
/// the file at fault: missing, malformed, a label out of range, images of two sizes.
dataset load_idx(const idx_files& files, split_sizes sizes);

}  // namespace ravine
