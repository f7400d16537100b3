#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace ravine {

/// A file in the making, under a name that nobody reads. It stays when the program ends, so that a download
/// can go on where it stopped. All functions throw data_error that names the file and the reason.
class part_file {
 public:
  /// Opens what is there, or an empty file.
  explicit part_file(std::filesystem::path path);
  ~part_file();
  part_file(const part_file&) = delete;
  part_file& operator=(const part_file&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }

  void append(std::span<const std::byte> bytes);
  void clear();

  /// Gives the file its final name, in the same folder, with mode 0644. A crash leaves the old file or the
  /// whole new one under that name. To be called last.
  void publish_as(const std::filesystem::path& name);

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace ravine
