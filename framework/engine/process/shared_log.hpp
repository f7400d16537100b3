#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// What a worker tells its parent at no more than the cost of writing it down: memory that both see, of which
/// nothing is lost when the worker dies. One writes and one reads, at any time.
class shared_log {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 20U;

  /// Make it before the fork. Throws ravine::error.
  shared_log();
  ~shared_log();
  shared_log(const shared_log&) = delete;
  shared_log& operator=(const shared_log&) = delete;

  enum class outcome { kept, full };
  /// An entry is there whole or not at all. Once one has not found room none does, so that what is sent
  /// another way instead comes after all that is here.
  outcome append(std::span<const std::byte> entry);

  /// The entries up to now, one after another; they stay where they are.
  std::span<const std::byte> bytes() const;

  /// Call while nobody writes.
  void clear();

 private:
  struct content;
  content* content_;
};

}  // namespace ravine
