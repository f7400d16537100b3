#pragma once

#include "data/dataset.hpp"
#include "data/split.hpp"

#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

namespace ravine {

/// One of the four files of MNIST, without the .gz that it may carry.
struct mnist_file {
  std::string_view name;
  std::string_view sha256;  ///< of the uncompressed content
};

/// Training images and labels, then those of the test.
inline constexpr std::array<mnist_file, 4> mnist_files{{
    {"train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
}};

/// The folders that may hold a data set's files, in the order in which they are searched: $RAVINE_DATA/NAME,
/// then $XDG_DATA_HOME/ravine/data/NAME (~/.local/share without XDG_DATA_HOME).
std::vector<std::filesystem::path> data_folders(std::string_view name);

/// Where `file` lies in the first of the folders that has it, raw or as .gz; empty if none has it.
std::filesystem::path find_data_file(const std::vector<std::filesystem::path>& folders,
                                     std::string_view file);

/// The handwritten digits of LeCun, Cortes & Burges: 60,000 images to train on, from which validation is
/// split off, and 10,000 to test, 28 x 28. Throws data_error: files that are missing (with what to do),
/// malformed, or not MNIST's by their SHA-256.
dataset load_mnist(split_sizes sizes);

}  // namespace ravine
