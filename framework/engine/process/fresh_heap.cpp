#include "process/fresh_heap.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::uintptr_t heap_page = 4096;

std::uintptr_t heap_end() { return reinterpret_cast<std::uintptr_t>(sbrk(0)); }
/// No block lies behind it.
std::uintptr_t last_block_end() { return heap_end() - mallinfo2().keepcost; }

// NOLINTBEGIN(cppcoreguidelines-no-malloc, cppcoreguidelines-owning-memory): malloc itself is meant

/// A block that compilers do not leave out because nobody uses it.
std::byte* take(std::size_t size) {
  void* volatile block = std::malloc(size);
  return static_cast<std::byte*>(block);
}

bool lies_before(std::uintptr_t end, const std::byte* block) {
  return block != nullptr && reinterpret_cast<std::uintptr_t>(block) < end;
}

void fill_holes() {
  constexpr std::size_t largest = 65536, small = 1024, step = 16;  // malloc keeps small ones by size
  const std::uintptr_t end = last_block_end();
  for (std::size_t size = largest; size > 0; size -= size > small ? size / 2 : step) {
    while (lies_before(end, take(size))) {
    }
  }
}

}  // namespace

std::span<std::byte> make_fresh_heap() {
  if (mallinfo2().keepcost == 0) return {};  // another malloc
  fill_holes();
  constexpr std::size_t enough = 100'000;  // bytes, fewer than malloc maps apart
  std::free(take(enough));
  const std::uintptr_t begin = last_block_end() / heap_page * heap_page;
  const std::uintptr_t end = heap_end();
  return {reinterpret_cast<std::byte*>(begin), end - begin};  // NOLINT(performance-no-int-to-ptr)
}

// NOLINTEND(cppcoreguidelines-no-malloc, cppcoreguidelines-owning-memory)

void take_fresh_heap(std::span<std::byte> pages) {
  constexpr int populate_write = 23;  // MADV_POPULATE_WRITE: since Linux 5.14, and refused before
  if (!pages.empty()) madvise(pages.data(), pages.size(), populate_write);
}

}  // namespace ravine
