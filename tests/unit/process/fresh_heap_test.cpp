#include "process/fresh_heap.hpp"

#include "process/child_process.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

// Where forks get their memory from.
namespace ravine {
namespace {

#if defined(RAVINE_SANITIZE_ADDRESS) || defined(RAVINE_SANITIZE_THREAD)
constexpr bool has_own_malloc = true;
#else
constexpr bool has_own_malloc = false;
#endif

/// Leaves many holes between blocks.
std::vector<std::unique_ptr<char[]>> heap_with_holes() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t i = 0; i < 4000; ++i) blocks.push_back(std::make_unique<char[]>(24 + i % 1500));
  for (std::size_t i = 0; i < blocks.size(); i += 2) blocks[i].reset();
  return blocks;
}

/// How many of some blocks lie elsewhere than in the pages.
int blocks_outside(std::span<std::byte> pages) {
  int outside = 0;
  for (std::size_t size = 16; size < 1000; size += 16) {
    const auto* const block = static_cast<const std::byte*>(std::malloc(size));  // NOLINT: the process ends
    if (block < pages.data() || block + size > pages.data() + pages.size()) ++outside;
  }
  return outside;
}

TEST(fresh_heap, is_where_a_fork_gets_its_memory) {
  if (has_own_malloc) GTEST_SKIP() << "the sanitizers have another malloc";
  // In a fork, since the holes of the heap are not used any more.
  child_process forking = child_process::fork([] {
    const auto blocks = heap_with_holes();
    const std::span<std::byte> pages = make_fresh_heap();
    if (pages.size() < 65536) _exit(101);
    take_fresh_heap(pages);
    _exit(blocks_outside(pages));
  });
  EXPECT_EQ(forking.wait().exit_code, 0) << "blocks that lie elsewhere";
}

}  // namespace
}  // namespace ravine
