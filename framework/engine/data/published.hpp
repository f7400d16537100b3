#pragma once

#include "data/data_files.hpp"
#include "data/dataset_content.hpp"
#include "data/split.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A data set in the form of MNIST: 60,000 images to train on and 10,000 to test, 28 x 28, ten classes, in
/// four IDX files that all of them give the same names.
struct published_dataset {
  std::string name;   ///< of the source and of its folder: fashion_mnist
  std::string title;  ///< Fashion-MNIST
  std::string summary;
  std::array<data_file, 4> files;    ///< training images and labels, then those of the test
  std::vector<std::string> mirrors;  ///< URLs of folders that hold the files as .gz; each ends with /
  /// Sum of all pixels of the training images; 0 where it is not published. Tells data sets apart in raw
  /// files whose digest is not published.
  std::uint64_t ink = 0;
};

/// mnist, fashion_mnist and kmnist.
std::span<const published_dataset> published_datasets();

/// What `ravine data fetch` can bring.
struct fetchable_dataset {
  std::string name;
  std::span<const data_file> files;
  std::span<const std::string> mirrors;
};

/// The published data sets, emnist and cifar10.
std::vector<fetchable_dataset> fetchable_datasets();

/// Null if there is none of that name.
const published_dataset* find_published(std::string_view name);

/// Validation is split off the training images. Throws data_error: files that are missing (with what to do),
/// malformed, or of another data set. A file is right by its SHA-256. Of Fashion-MNIST and Kuzushiji-MNIST
/// only the digests of the .gz files are published: unpacked, they are right by their shape, the counts of
/// their classes and, for Fashion-MNIST, the sum of their pixels.
dataset_content load_published(const published_dataset& wanted, split_sizes sizes);

/// The published data set, other than `wanted`, to which the file belongs by its digest or the sum of its
/// pixels; null if none is known. Never throws for what a file holds.
const published_dataset* owner_of(const std::filesystem::path& file, const published_dataset& wanted);

}  // namespace ravine
