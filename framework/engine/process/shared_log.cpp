#include "process/shared_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ravine {

struct shared_log::content {
  std::atomic<std::uint64_t> size{0};  // published after the bytes that it counts
  std::uint64_t is_full = 0;           // the writer's alone
  std::array<std::byte, capacity> bytes;
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "two processes share it");

shared_log::shared_log() : file_(memfd_create("ravine-log", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
  // Pages are taken as they are written to. Nobody can shrink the file under a reader.
  if (file_.get() < 0 || ftruncate(file_.get(), sizeof(content)) != 0 ||
      fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    throw process_error(errno);
  }
  map();
  new (content_) content;  // which is default-initialised: pages that are zero already are not taken
}

shared_log::shared_log(descriptor file) : file_(std::move(file)) { map(); }

void shared_log::map() {
  void* const place = mmap(nullptr, sizeof(content), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (place == MAP_FAILED) throw process_error(errno);
  content_ = static_cast<content*>(place);
}

shared_log::~shared_log() { munmap(content_, sizeof(content)); }

shared_log::outcome shared_log::append(std::span<const std::byte> entry, std::span<const std::byte> rest) {
  const std::uint64_t size = content_->size.load(std::memory_order_relaxed);
  const std::uint64_t added = entry.size() + rest.size();
  if (content_->is_full != 0 || size > capacity || added > capacity - size) {
    content_->is_full = 1;
    return outcome::full;
  }
  const auto place = content_->bytes.begin() + static_cast<std::ptrdiff_t>(size);
  std::ranges::copy(rest, std::ranges::copy(entry, place).out);
  content_->size.store(size + added, std::memory_order_release);
  return outcome::kept;
}

std::span<const std::byte> shared_log::bytes() const {
  // A plugin may have written here, as anywhere.
  const std::uint64_t size = content_->size.load(std::memory_order_acquire);
  return std::span(content_->bytes).first(std::min<std::uint64_t>(size, capacity));
}

void shared_log::clear() {
  content_->is_full = 0;
  content_->size.store(0, std::memory_order_relaxed);
}

}  // namespace ravine
