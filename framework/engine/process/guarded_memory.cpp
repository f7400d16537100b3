#include "process/guarded_memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t huge_page = std::size_t{2} << 20U;
constexpr auto pattern = std::byte{0xA5};

std::size_t round_up(std::size_t size, std::size_t to) { return (size + to - 1) / to * to; }

/// What find_guarded knows of a mapping. A signal handler can reach nothing but globals.
struct entry {
  std::atomic<std::uintptr_t> begin{0};  // 0: free
  std::uintptr_t end = 0;
  std::uintptr_t data = 0;
  std::uint64_t size = 0;
  bool read_only = false;
  char name[sizeof guarded_place::name] = {};
};

// Enough for the arrays of a few trials at once; a mapping that finds no place is protected all the same.
std::array<entry, 256> entries;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::mutex entries_mutex;        // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

struct remembered {
  const std::byte* begin;
  std::size_t mapped;
  const std::byte* data;
  std::size_t size;
  bool read_only;
};

void remember(const remembered& what, std::string_view name) {
  const std::scoped_lock lock(entries_mutex);
  const auto free = std::ranges::find_if(entries, [](const entry& e) { return e.begin.load() == 0; });
  if (free == entries.end()) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(what.begin);
  free->end = begin + what.mapped;
  free->data = reinterpret_cast<std::uintptr_t>(what.data);
  free->size = what.size;
  free->read_only = what.read_only;
  name = name.substr(0, sizeof free->name - 1);
  std::memcpy(free->name, name.data(), name.size());
  free->name[name.size()] = '\0';
  free->begin.store(begin);
}

void forget(const std::byte* begin) {
  const std::scoped_lock lock(entries_mutex);
  const auto key = reinterpret_cast<std::uintptr_t>(begin);
  const auto found = std::ranges::find_if(entries, [&](const entry& e) { return e.begin.load() == key; });
  if (found != entries.end()) found->begin.store(0);
}

/// Compares the bytes with those one further, which is as fast as memory can be read.
bool is_pattern(const std::byte* from, const std::byte* to) {
  if (from == to) return true;
  return *from == pattern && std::memcmp(from, from + 1, static_cast<std::size_t>(to - from) - 1) == 0;
}

}  // namespace

guarded_memory::guarded_memory(std::size_t bytes, std::string_view name, views wanted)
    : bytes_(bytes), name_(name) {
  if (bytes == 0) return;
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  try {
    if (wanted == views::one) {
      data_ = map(writable_, -1, PROT_READ | PROT_WRITE);
      read_only_ = data_;
      if (bytes >= huge_page) madvise(writable_.begin, writable_.size, MADV_HUGEPAGE);
    } else {
      const int file = memfd_create("ravine", MFD_CLOEXEC);
      const bool sized = file >= 0 && ftruncate(file, static_cast<off_t>(inner_size())) == 0;
      if (sized) data_ = map(writable_, file, PROT_READ | PROT_WRITE);
      if (sized) read_only_ = map(readable_, file, PROT_READ);
      if (file >= 0) close(file);
      if (!sized) throw std::bad_alloc();
    }
  } catch (const std::bad_alloc&) {
    release();
    throw;
  }
  std::fill(writable_.begin + page, data_, pattern);
  std::fill(data_ + bytes, writable_.begin + writable_.size - page, pattern);
  remember({writable_.begin, writable_.size, data_, bytes, false}, name);
  if (readable_.begin != nullptr) remember({readable_.begin, readable_.size, read_only_, bytes, true}, name);
}

guarded_memory::guarded_memory(guarded_memory&& other) noexcept { *this = std::move(other); }

guarded_memory& guarded_memory::operator=(guarded_memory&& other) noexcept {
  std::swap(writable_, other.writable_);
  std::swap(readable_, other.readable_);
  std::swap(bytes_, other.bytes_);
  std::swap(data_, other.data_);
  std::swap(read_only_, other.read_only_);
  std::swap(name_, other.name_);
  return *this;
}

std::size_t guarded_memory::inner_size() const { return round_up(round_up(bytes_, alignment), page); }

std::byte* guarded_memory::map(mapping& into, int file, int protection) {
  const std::size_t size = inner_size() + 2 * page;
  void* const all = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  into = {static_cast<std::byte*>(all), size};
  int kind = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  if (inner_size() < huge_page) kind |= MAP_POPULATE;  // at once, for less than when each page is written to
  // Over the middle of what is reserved, so that nothing else can come to lie beside it.
  if (mmap(into.begin + page, inner_size(), protection, kind | MAP_FIXED, file, 0) == MAP_FAILED) {
    throw std::bad_alloc();
  }
  return into.begin + size - page - round_up(bytes_, alignment);
}

void guarded_memory::release() noexcept {
  for (mapping* each : {&writable_, &readable_}) {
    if (each->begin == nullptr) continue;
    forget(each->begin);
    munmap(each->begin, each->size);
    *each = {};
  }
}

std::string guarded_memory::damage() const {
  if (data_ == nullptr) return {};
  if (!is_pattern(writable_.begin + page, data_)) {
    return fmt::format("wrote before the beginning of {}", name_);
  }
  if (!is_pattern(data_ + bytes_, writable_.begin + writable_.size - page)) {
    return fmt::format("wrote after the end of {}", name_);
  }
  return {};
}

std::optional<guarded_place> find_guarded(const void* address) noexcept {
  const auto where = reinterpret_cast<std::uintptr_t>(address);
  for (const entry& each : entries) {
    const std::uintptr_t begin = each.begin.load();
    if (begin == 0 || where < begin || where >= each.end) continue;
    guarded_place place{};
    std::memcpy(place.name, each.name, sizeof place.name);
    place.offset = static_cast<std::int64_t>(where - each.data);
    place.size = each.size;
    place.read_only = each.read_only;
    return place;
  }
  return std::nullopt;
}

std::string describe(const guarded_place& place) {
  if (place.offset < 0) return fmt::format("reached {} bytes before {}", -place.offset, place.name);
  const auto offset = static_cast<std::uint64_t>(place.offset);
  if (offset < place.size) {
    return place.read_only ? fmt::format("wrote to {}, which only the host may change", place.name)
                           : fmt::format("touched {}", place.name);
  }
  return fmt::format("reached {} bytes past the end of {}", offset - place.size, place.name);
}

}  // namespace ravine
