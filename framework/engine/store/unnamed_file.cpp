#include "store/unnamed_file.hpp"

#include "store/merge.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ravine {
namespace {

/// Has the disk take what a file, or a folder, holds.
void synchronize(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_done = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int fault = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_done && fault != EINVAL) {  // as some file systems answer for folders
    throw unwritable_results(fmt::format("{}: it can't be written: {}", file.string(), std::strerror(fault)));
  }
}

}  // namespace

unnamed_file::unnamed_file(const std::filesystem::path& name, std::unique_ptr<writer_lock> lock)
    : lock_(std::move(lock)),
      name_(std::filesystem::weakly_canonical(name)),
      path_(std::filesystem::path(name_) += ".merging") {
  remove();
}

unnamed_file::~unnamed_file() {
  if (!is_named_) remove();
}

void unnamed_file::get_name() {
  synchronize(path_);
  std::error_code problem;
  const auto rights = std::filesystem::status(name_, problem).permissions();
  if (!problem) std::filesystem::permissions(path_, rights, problem);
  if (!problem) std::filesystem::rename(path_, name_, problem);
  if (problem) {
    throw unwritable_results(fmt::format("{}: it can't be written: {}", name_.string(), problem.message()));
  }
  is_named_ = true;
  lock_->keep_file();
  synchronize(name_.parent_path());
}

void unnamed_file::remove() const {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(std::filesystem::path(path_) += suffix, ignored);
  }
}

}  // namespace ravine
