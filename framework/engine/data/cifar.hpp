#pragma once

#include "data/data_files.hpp"
#include "data/dataset_content.hpp"
#include "data/split.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// CIFAR-10 (Krizhevsky 2009) in its binary form: records of a label, 0 to 9, and 3 x 32 x 32 pixels, the
/// planes of red, green and blue one after another.
namespace ravine {

inline constexpr std::size_t cifar_classes = 10, cifar_side = 32;
inline constexpr std::size_t cifar_record = 1 + 3 * cifar_side * cifar_side;

/// The archive that is published, and where.
std::span<const data_file> cifar10_files();
std::span<const std::string> cifar10_mirrors();

/// Puts records together that arrive in pieces. Errors are data_errors that begin with `name` and tell the
/// record.
class cifar_reader {
 public:
  explicit cifar_reader(std::string name) : name_(std::move(name)) {}

  void feed(std::span<const std::byte> piece);
  /// All records so far. Throws when there are none, or the last one is not whole.
  image_table take();

 private:
  std::string name_;
  image_table records_;
  std::size_t place_ = 0;  // within the record in progress
};

/// The images of an archive's bytes, .tar or .tar.gz, all in `train` and `test`: `data_batch_1.bin` to
/// `data_batch_5.bin` and `test_batch.bin`, in any folder. Throws data_error that begins with `name`: not an
/// archive, a file that is missing, twice there or malformed.
dataset_content parse_cifar10(std::span<const std::byte> archive, const std::string& name);

/// Validation is split off the training images. Throws data_error: a file that is missing (with what to do)
/// or not the published one by its SHA-256.
dataset_content load_cifar10(split_sizes sizes);

}  // namespace ravine
