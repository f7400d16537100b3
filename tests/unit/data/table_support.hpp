#pragma once

#include "unit/data/data_support.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::testing {

inline byte_string bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// A .npy file of version 1 with this header, padded as NumPy pads it, and these values.
template <class T>
byte_string npy_file(const std::string& dictionary, const std::vector<T>& values) {
  std::string header = dictionary;
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string file = "\x93NUMPY";
  file += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  file += header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return bytes_of(file);
}

/// "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
inline std::string npy_dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

}  // namespace ravine::testing
