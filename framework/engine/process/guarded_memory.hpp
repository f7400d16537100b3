#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ravine {

/// Zeroed memory that starts at a multiple of 64 bytes and lies between two pages that nobody may touch.
/// Whoever writes just before it, or up to 63 bytes after it, changes a pattern that damage() finds; whoever
/// goes further is stopped by the processor, and find_guarded tells which block it was.
class guarded_memory {
 public:
  static constexpr std::size_t alignment = 64;

  enum class views {
    one,
    with_read_only  ///< the same bytes a second time, for readers that must not write
  };

  guarded_memory() = default;
  /// `name` is for messages: "state m". Throws std::bad_alloc.
  guarded_memory(std::size_t bytes, std::string_view name, views wanted = views::one);
  ~guarded_memory() { release(); }
  guarded_memory(guarded_memory&& other) noexcept;
  guarded_memory& operator=(guarded_memory&& other) noexcept;

  /// NULL if the size is 0.
  void* data() const { return data_; }
  /// Where the same bytes can be read but not written; data() if the block has one view.
  const void* read_only() const { return read_only_; }

  /// "wrote before the beginning of state m" or the like; "" as long as the pattern is whole.
  std::string damage() const;

 private:
  struct mapping {
    std::byte* begin = nullptr;  ///< the first of the two pages that nobody may touch
    std::size_t size = 0;
  };

  /// `file` is -1 for memory of this process alone. Answers where the block's bytes begin.
  std::byte* map(mapping& into, int file, int protection);
  std::size_t inner_size() const;
  void release() noexcept;

  mapping writable_, readable_;
  std::size_t bytes_ = 0;
  std::byte* data_ = nullptr;
  const std::byte* read_only_ = nullptr;
  std::string name_;
};

/// Where an address lies with respect to the block that it is in, or next to.
struct guarded_place {
  char name[48];        ///< of the block, shortened
  std::int64_t offset;  ///< from the block's first byte; negative: before it
  std::uint64_t size;   ///< of the block in bytes
  bool read_only;       ///< the address is within the view that must not be written
};

/// For signal handlers: allocates nothing and locks nothing.
std::optional<guarded_place> find_guarded(const void* address) noexcept;

/// What was done there, without the subject: "reached 8 bytes past the end of state m".
std::string describe(const guarded_place& place);

}  // namespace ravine
