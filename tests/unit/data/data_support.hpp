#pragma once

#include "data/data_error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

namespace ravine::testing {

using byte_string = std::vector<std::byte>;

/// One behind the other.
inline byte_string operator+(byte_string first, const byte_string& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// An IDX file of unsigned bytes with these dimensions and values, whether they fit or not.
inline byte_string idx_file(const std::vector<std::uint32_t>& dimensions,
                            const std::vector<std::uint8_t>& values) {
  byte_string file{std::byte{0}, std::byte{0}, std::byte{8}, static_cast<std::byte>(dimensions.size())};
  for (const std::uint32_t extent : dimensions) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) file.push_back(static_cast<std::byte>(extent >> shift));
  }
  for (const std::uint8_t value : values) file.push_back(static_cast<std::byte>(value));
  return file;
}

inline byte_string gzipped(std::span<const std::byte> content) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib can't compress");
  }
  byte_string packed(deflateBound(&stream, content.size()) + 32);
  stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib can't compress");
  return packed;
}

inline void write_file(const std::filesystem::path& path, std::span<const std::byte> content) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot write");
}

/// A folder that is gone after the test.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ravine-data-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// An environment variable with another value, or none, until the end of the test.
class environment_variable {
 public:
  environment_variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~environment_variable() { set(before_); }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    value ? setenv(name_, value->c_str(), 1) : unsetenv(name_);
  }

  const char* name_;
  std::optional<std::string> before_;
};

/// what() of the data_error that `body` throws; "" if it throws none.
template <class Body>
std::string data_error_of(Body body) {
  try {
    body();
    return "";
  } catch (const data_error& problem) {
    return problem.what();
  }
}

}  // namespace ravine::testing
