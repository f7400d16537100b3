#pragma once

#include "error.hpp"
#include "train/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// What a worker process and its parent say to each other. Both are the same program on the same machine, one
/// the fork of the other: numbers cross as they are in memory. What arrives is checked all the same, since a
/// plugin may have written to the worker's connection.
namespace ravine {

/// A message that makes no sense.
struct message_error : error {
  using error::error;
};

enum class message_kind : std::uint32_t {
  advanced = 1,  ///< cost, planned steps, loss
  evaluated,     ///< one evaluation
  checkpoint,    ///< bytes of train/checkpoint
  ended,         ///< the trial's result, without its evaluations
  crashed        ///< a crash_note, as it is
};

/// Before each message.
struct message_header {
  message_kind kind;
  std::uint32_t reserved;
  std::uint64_t size;  ///< of what follows, in bytes
};

/// Puts values one after another.
class message_writer {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T> message_writer& operator<<(const T& value) {
    return append(&value, sizeof value);
  }
  message_writer& operator<<(std::string_view text) {
    *this << std::uint64_t{text.size()};
    return append(text.data(), text.size());
  }
  template <class T>
  message_writer& operator<<(const std::vector<T>& values) {
    *this << std::uint64_t{values.size()};
    return append(values.data(), values.size() * sizeof(T));
  }

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  message_writer& append(const void* from, std::size_t size) {
    const auto* const begin = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), begin, begin + size);
    return *this;
  }

  std::vector<std::byte> bytes_;
};

/// Takes them out again. Every function throws message_error when less is left than it needs.
class message_reader {
 public:
  explicit message_reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class T>
  requires std::is_trivially_copyable_v<T> message_reader& operator>>(T& value) {
    std::memcpy(&value, take(1, sizeof value).data(), sizeof value);
    return *this;
  }
  message_reader& operator>>(std::string& text) {
    const auto bytes = take(count(), 1);
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return *this;
  }
  template <class T>
  message_reader& operator>>(std::vector<T>& values) {
    const auto bytes = take(count(), sizeof(T));
    values.resize(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return *this;
  }

 private:
  std::uint64_t count() {
    std::uint64_t number = 0;
    *this >> number;
    return number;
  }
  std::span<const std::byte> take(std::uint64_t elements, std::size_t size) {
    if (elements > rest_.size() / size) throw message_error("a worker's message ends too early");
    const auto taken = rest_.first(elements * size);
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  std::span<const std::byte> rest_;
};

message_writer& operator<<(message_writer& out, const evaluation& value);
message_reader& operator>>(message_reader& in, evaluation& value);

/// Everything but the evaluations, which were sent one by one.
message_writer& operator<<(message_writer& out, const trial_result& value);
message_reader& operator>>(message_reader& in, trial_result& value);

}  // namespace ravine
