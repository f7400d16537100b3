#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Reader of NumPy's .npy files: the magic string 93 "NUMPY", the version (1.0 or 2.0), the length of a
/// header that is a Python dictionary with the keys descr, fortran_order and shape, and the values. Every
/// error is a data_error that begins with the file's name. A header is short, and no array may be larger than
/// the file that holds it. Source: NEP 1,
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace ravine {

enum class npy_type : std::uint8_t { uint8, int32, int64, float32, float64 };

/// "uint8", "int32", …
std::string_view to_string(npy_type type);

struct npy_array {
  npy_type type = npy_type::uint8;
  std::vector<std::size_t> shape;  ///< at least one dimension, each at least 1
  std::vector<std::byte> bytes;    ///< the values in row-major order, lowest byte first

  /// Values behind the first dimension: of one example.
  std::size_t row_size() const;
};

/// An array from the content of a file; `name` stands in messages.
npy_array parse_npy(std::span<const std::byte> content, std::string_view name);

npy_array read_npy(const std::filesystem::path& file);

/// All values as 32-bit floats. Throws data_error with the row and the place in it of a value that is not
/// finite or too large.
std::vector<float> npy_floats(const npy_array& array, std::string_view name);

/// The numbers that examples are to be mapped to, as npy_floats: shape (n,) or (n, 1). Throws data_error.
std::vector<float> npy_targets(const npy_array& array, std::string_view name);

/// The shape of the array in a file, of which no more than the header is read. Throws data_error.
std::vector<std::size_t> read_npy_shape(const std::filesystem::path& file);

/// The values of a column of labels: shape (n,) or (n, 1), whole numbers from 0 to 255. Throws data_error
/// with the row of another one, and where they are real numbers.
std::vector<std::uint8_t> npy_labels(const npy_array& array, std::string_view name);

}  // namespace ravine
