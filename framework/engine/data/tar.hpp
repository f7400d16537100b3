#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace ravine {

/// Receives the content of a regular file of the archive, in order, in pieces.
using tar_sink = std::function<void(std::string_view file, std::span<const std::byte> piece)>;

/// Reads a tar archive (POSIX ustar and its ancestors) that arrives in pieces, and keeps none of it. Folders,
/// links and the like are passed over; names longer than 100 bytes are not put together. Errors are
/// data_errors that begin with the archive's name and tell the place.
class tar_reader {
 public:
  /// `name` stands in messages.
  tar_reader(std::string name, tar_sink sink);

  void feed(std::span<const std::byte> piece);
  /// Throws when the archive breaks off in a header or within a file.
  void finish() const;

 private:
  static constexpr std::size_t block = 512;

  void read_header();
  std::uint64_t number(std::size_t offset, std::size_t digits, std::string_view what) const;
  [[noreturn]] void fail(std::string_view fault) const;

  std::string name_;
  tar_sink sink_;
  std::array<std::byte, block> header_{};
  std::size_t held_ = 0;       // bytes of the next header
  std::uint64_t offset_ = 0;   // of the next byte in the archive
  std::uint64_t content_ = 0;  // bytes left of the file in progress
  std::uint64_t padding_ = 0;  // bytes left after it up to the next block
  bool is_file_ = false;       // rather than a folder or the like
  bool ended_ = false;         // an empty block has come
  std::string file_;
};

}  // namespace ravine
