#pragma once

#include "store/database.hpp"

#include <filesystem>
#include <memory>

namespace ravine {

/// A file on its way to its name: gone again if it does not get there.
class unnamed_file {
 public:
  /// Has the lock of that name, which an empty file has so far. Takes away what an earlier one has left that
  /// was killed.
  unnamed_file(const std::filesystem::path& name, std::unique_ptr<writer_lock> lock);
  ~unnamed_file();
  unnamed_file(const unnamed_file&) = delete;
  unnamed_file& operator=(const unnamed_file&) = delete;

  /// Where it is written.
  const std::filesystem::path& path() const { return path_; }
  /// Waits for the disk first, so that no power failure leaves half a file of that name, and takes over the
  /// rights of the empty file. Throws unwritable_results.
  void get_name();

 private:
  void remove() const;

  std::unique_ptr<writer_lock> lock_;
  std::filesystem::path name_, path_;
  bool is_named_ = false;
};

}  // namespace ravine
