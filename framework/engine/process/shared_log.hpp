#pragma once

#include "process/descriptor.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// What a trial tells its parent at no more than the cost of writing it down: memory that both see, of which
/// nothing is lost when the trial's process dies. One writes and one reads, at any time.
class shared_log {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 20U;

  /// Throws process_error.
  shared_log();
  /// The same log in another process, which got the descriptor. Throws process_error.
  explicit shared_log(descriptor file);
  ~shared_log();
  shared_log(const shared_log&) = delete;
  shared_log& operator=(const shared_log&) = delete;

  /// To be passed to another process.
  int file() const { return file_.get(); }

  enum class outcome { kept, full };
  /// An entry is there whole or not at all. Once one has not found room none does, so that what is sent
  /// another way instead comes after all that is here.
  outcome append(std::span<const std::byte> entry, std::span<const std::byte> rest = {});

  /// The entries up to now, one after another; they stay where they are.
  std::span<const std::byte> bytes() const;

  /// Call while nobody writes.
  void clear();

 private:
  struct content;
  void map();

  descriptor file_;
  content* content_ = nullptr;
};

}  // namespace ravine
