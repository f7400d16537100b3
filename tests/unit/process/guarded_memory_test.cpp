#include "process/guarded_memory.hpp"

#include "plugin/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <gtest/gtest.h>

namespace ravine {
namespace {

std::byte* bytes_of(const guarded_memory& memory) { return static_cast<std::byte*>(memory.data()); }

TEST(guarded_memory, is_zeroed_aligned_and_writable) {
  for (const std::size_t size : {1U, 63U, 64U, 65U, 4096U, 100'000U}) {
    const guarded_memory memory(size, "it");
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % guarded_memory::alignment, 0U);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(bytes_of(memory)[i], std::byte{0});
      bytes_of(memory)[i] = std::byte{7};
    }
    EXPECT_EQ(memory.damage(), "");
    EXPECT_EQ(memory.read_only(), memory.data());
  }
}

TEST(guarded_memory, of_size_0_is_null) {
  const guarded_memory memory(0, "it");
  EXPECT_EQ(memory.data(), nullptr);
  EXPECT_EQ(memory.damage(), "");
}

TEST(guarded_memory, sees_what_was_written_around_it) {
  const guarded_memory memory(60, "state m");
  bytes_of(memory)[60] = std::byte{1};
  EXPECT_EQ(memory.damage(), "wrote after the end of state m");
  bytes_of(memory)[-1] = std::byte{1};
  EXPECT_EQ(memory.damage(), "wrote before the beginning of state m");
}

TEST(guarded_memory, shows_the_same_bytes_in_both_views) {
  const guarded_memory memory(100, "the gradients", guarded_memory::views::with_read_only);
  EXPECT_NE(memory.read_only(), memory.data());
  bytes_of(memory)[99] = std::byte{42};
  EXPECT_EQ(static_cast<const std::byte*>(memory.read_only())[99], std::byte{42});
}

TEST(guarded_memory, tells_which_block_an_address_belongs_to) {
  const guarded_memory memory(128, "state v", guarded_memory::views::with_read_only);
  const auto place = [](const void* address) {
    const auto found = find_guarded(address);
    return found ? describe(*found) : "nowhere";
  };
  EXPECT_EQ(place(bytes_of(memory) + 128), "reached 0 bytes past the end of state v");
  EXPECT_EQ(place(bytes_of(memory) + 136), "reached 8 bytes past the end of state v");
  EXPECT_EQ(place(bytes_of(memory) - 5000), "reached 5000 bytes before state v");
  EXPECT_EQ(place(memory.read_only()), "wrote to state v, which only the host may change");
  int elsewhere = 0;
  EXPECT_EQ(place(&elsewhere), "nowhere");
}

TEST(guarded_memory, is_forgotten_when_it_goes) {
  const void* address = nullptr;
  {
    guarded_memory memory(128, "it");
    guarded_memory moved = std::move(memory);
    address = moved.data();
    EXPECT_TRUE(find_guarded(address));
  }
  EXPECT_FALSE(find_guarded(address));
}

TEST(guarded_memory, says_that_there_is_not_enough) {
  EXPECT_THROW(guarded_memory(SIZE_MAX, "it"), std::bad_alloc);
  EXPECT_THROW(guarded_memory(SIZE_MAX / 4, "it"), std::bad_alloc);
  EXPECT_THROW(aligned_array(RV_F64, SIZE_MAX / 4, "it"), std::bad_alloc);
}

using guarded_memory_death = ::testing::Test;

TEST(guarded_memory_death, stops_who_writes_beyond_it) {
  const guarded_memory memory(64, "it", guarded_memory::views::with_read_only);
  EXPECT_DEATH(bytes_of(memory)[64] = std::byte{1}, "");
  EXPECT_DEATH(bytes_of(memory)[-4096] = std::byte{1}, "");
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): what a bad plugin does
  EXPECT_DEATH(*static_cast<std::byte*>(const_cast<void*>(memory.read_only())) = std::byte{1}, "");
}

}  // namespace
}  // namespace ravine
