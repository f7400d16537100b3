#pragma once

#include "process/descriptor.hpp"

#include <cstddef>
#include <span>

namespace ravine {

/// A file, and what it holds, mapped to be read. A fork of this process copies no page of it, and not even
/// its page tables.
class shared_file {
 public:
  /// The file must not shrink any more. Throws data_error.
  explicit shared_file(descriptor file);
  ~shared_file();
  shared_file(const shared_file&) = delete;
  shared_file& operator=(const shared_file&) = delete;

  int number() const { return file_.get(); }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  descriptor file_;
  std::span<const std::byte> bytes_;
};

}  // namespace ravine
