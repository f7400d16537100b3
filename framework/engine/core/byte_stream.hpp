#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ravine {

/// Bytes that are not what they should be.
struct bytes_error : error {
  using error::error;
};

/// Puts values one after another, numbers as they are in memory: for this machine alone to read.
class byte_writer {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T> byte_writer& operator<<(const T& value) {
    return append(&value, sizeof value);
  }
  byte_writer& operator<<(std::string_view text) {
    *this << std::uint64_t{text.size()};
    return append(text.data(), text.size());
  }
  template <class T>
  byte_writer& operator<<(const std::vector<T>& values) {
    return put(std::as_bytes(std::span(values)), values.size());
  }
  /// An array that byte_reader gives back as a vector of `count` elements.
  byte_writer& put(std::span<const std::byte> elements, std::size_t count) {
    *this << std::uint64_t{count};
    return append(elements.data(), elements.size());
  }

  /// Puts a value over what was put at that place, in bytes from the beginning.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void replace(std::size_t place, const T& value) {
    std::memcpy(bytes_.data() + place, &value, sizeof value);
  }

  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  byte_writer& append(const void* from, std::size_t size) {
    const std::size_t place = bytes_.size();
    bytes_.resize(place + size);
    if (size != 0) std::memcpy(bytes_.data() + place, from, size);
    return *this;
  }

  std::vector<std::byte> bytes_;
};

/// Takes them out again. Every function throws bytes_error when less is left than it needs.
class byte_reader {
 public:
  explicit byte_reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class T>
  requires std::is_trivially_copyable_v<T> byte_reader& operator>>(T& value) {
    std::memcpy(&value, take(1, sizeof value).data(), sizeof value);
    return *this;
  }
  byte_reader& operator>>(std::string& text) {
    const auto bytes = array(1);
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return *this;
  }
  template <class T>
  byte_reader& operator>>(std::vector<T>& values) {
    const auto bytes = array(sizeof(T));
    values.resize(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return *this;
  }
  /// The next value of a type that `>>` knows.
  template <class T>
  T get() {
    T value{};
    *this >> value;
    return value;
  }
  /// The next array, whose elements have that size, where it lies.
  std::span<const std::byte> array(std::size_t element_size) {
    return take(get<std::uint64_t>(), element_size);
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const std::byte> take(std::uint64_t elements, std::size_t size) {
    if (elements > rest_.size() / size) throw bytes_error("it ends too early");
    const auto taken = rest_.first(elements * size);
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  std::span<const std::byte> rest_;
};

}  // namespace ravine
