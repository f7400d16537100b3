#pragma once

#include "data/data_files.hpp"
#include "data/dataset_content.hpp"
#include "data/split.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// EMNIST (Cohen, Afshar, Tapson & van Schaik 2017): handwritten letters and digits in the form of MNIST, all
/// collections in one zip archive.
namespace ravine {

/// The archive that is published, and where.
std::span<const data_file> emnist_files();
std::span<const std::string> emnist_mirrors();

/// One of EMNIST's collections.
struct emnist_collection {
  std::string_view name;  ///< "letters"
  std::size_t classes;
  std::uint8_t first_label;  ///< in the files
};

/// "letters" (26 classes, upper and lower case as one) or "balanced" (47: digits, upper case, and the lower
/// case of letters that look different). Throws data_error for anything else.
const emnist_collection& emnist_collection_named(std::string_view name);

/// The images of an archive's bytes, upright, all in `train` and `test`. Throws data_error that begins with
/// `name`.
dataset_content parse_emnist(std::span<const std::byte> archive, const emnist_collection& which,
                             const std::string& name);

/// Validation is split off the training images. Throws data_error: a file that is missing (with what to do)
/// or not the published one by its SHA-256.
dataset_content load_emnist(const emnist_collection& which, split_sizes sizes);

}  // namespace ravine
