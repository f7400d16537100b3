#include "process/shared_log.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <sys/mman.h>

namespace ravine {

struct shared_log::content {
  std::atomic<std::uint64_t> size{0};  // published after the bytes that it counts
  std::uint64_t is_full = 0;           // the writer's alone
  std::array<std::byte, capacity> bytes;
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "two processes share it");

shared_log::shared_log() {
  // Pages are taken as they are written to.
  void* const place =
      mmap(nullptr, sizeof(content), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) throw error(fmt::format("a worker can't be started: {}", std::strerror(errno)));
  content_ = std::construct_at(static_cast<content*>(place));
}

shared_log::~shared_log() { munmap(content_, sizeof(content)); }

shared_log::outcome shared_log::append(std::span<const std::byte> entry) {
  const std::uint64_t size = content_->size.load(std::memory_order_relaxed);
  if (content_->is_full != 0 || size > capacity || entry.size() > capacity - size) {
    content_->is_full = 1;
    return outcome::full;
  }
  std::ranges::copy(entry, content_->bytes.begin() + static_cast<std::ptrdiff_t>(size));
  content_->size.store(size + entry.size(), std::memory_order_release);
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
