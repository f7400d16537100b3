#include "data/part_file.hpp"

#include "data/data_error.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr mode_t readable_by_all = 0644;

[[noreturn]] void fail(const fs::path& path, const char* deed) {
  throw data_error(fmt::format("{}: cannot {}: {}", path.string(), deed, std::strerror(errno)));
}

// A new name is durable when its folder is.
void sync_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(folder, "open");
  const int status = fsync(descriptor);
  close(descriptor);
  if (status != 0) fail(folder, "sync");
}

}  // namespace

part_file::part_file(fs::path path)
    : path_(std::move(path)),
      descriptor_(
          open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, readable_by_all)) {
  if (descriptor_ < 0) fail(path_, "write");
  const off_t end = lseek(descriptor_, 0, SEEK_END);
  if (end > 0) size_ = static_cast<std::uint64_t>(end);
}

part_file::~part_file() {
  close(descriptor_);
  if (size_ == 0) unlink(path_.c_str());
}

void part_file::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "write");
    size_ += static_cast<std::size_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void part_file::clear() {
  if (ftruncate(descriptor_, 0) != 0) fail(path_, "truncate");
  size_ = 0;
}

void part_file::publish_as(const fs::path& name) {
  if (fchmod(descriptor_, readable_by_all) != 0) fail(path_, "change the mode");
  if (fsync(descriptor_) != 0) fail(path_, "sync");
  if (rename(path_.c_str(), name.c_str()) != 0) fail(name, "rename the download");
  sync_folder(name.parent_path());
}

}  // namespace ravine
