#pragma once

#include "data/dataset.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Reader of IDX, the format of the MNIST files: 00 00, a type byte (08: unsigned bytes), the number of
/// dimensions, each dimension as a big-endian 32-bit number, then the values in row-major order. Raw and gzip
/// are told apart by content. Every error is a data_error that begins with the file's name. No header makes
/// the reader touch more memory than the file's content takes, and none may announce more than
/// most_dataset_bytes().
namespace ravine {

struct idx_images {
  std::size_t count = 0, rows = 0, columns = 0;  ///< each at least 1
  std::vector<std::uint8_t> pixels;              ///< count x rows x columns, row-major
  std::string sha256;                            ///< of the uncompressed file
  std::string sha256_gz;                         ///< of the file as it is; "" unless it is gzip
};

struct idx_labels {
  std::vector<std::uint8_t> values;  ///< at least 1
  std::string sha256;                ///< of the uncompressed file
  std::string sha256_gz;             ///< of the file as it is; "" unless it is gzip
};

/// Images (3 dimensions) from the bytes of a file; `name` stands in messages.
idx_images parse_idx_images(std::span<const std::byte> bytes, std::string_view name);

/// Labels (1 dimension) from the bytes of a file; `name` stands in messages.
idx_labels parse_idx_labels(std::span<const std::byte> bytes, std::string_view name);

/// Images and labels from a file, raw or gzip.
idx_images read_idx_images(const std::filesystem::path& file);
idx_labels read_idx_labels(const std::filesystem::path& file);

/// Throws data_error with `name` and the place when a label is not below `classes`.
void check_labels(std::span<const std::uint8_t> labels, std::size_t classes, std::string_view name);

}  // namespace ravine
