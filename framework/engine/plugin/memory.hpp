#pragma once

#include "process/guarded_memory.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <string_view>

namespace ravine {

constexpr std::size_t element_size(rv_dtype type) { return type == RV_F32 ? sizeof(float) : sizeof(double); }

/// RV_F32 or RV_F64 for float or double.
template <class T>
inline constexpr rv_dtype dtype_of = sizeof(T) == sizeof(float) ? RV_F32 : RV_F64;

/// A zeroed array that starts at a multiple of 64 bytes, as the contract promises plugins, in guarded memory.
class aligned_array {
 public:
  static constexpr std::size_t alignment = guarded_memory::alignment;

  aligned_array() = default;
  /// `name` is for messages: "state m". Throws std::bad_alloc.
  aligned_array(rv_dtype type, std::size_t count, std::string_view name,
                guarded_memory::views views = guarded_memory::views::one)
      : type_(type), count_(count), memory_(checked_bytes(type, count), name, views) {}

  rv_dtype type() const { return type_; }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * element_size(type_); }
  void* data() { return memory_.data(); }
  const void* data() const { return memory_.data(); }
  /// The same elements where they can't be written, if the array was made with that view.
  const void* read_only() const { return memory_.read_only(); }
  /// What was written around the array; see guarded_memory.
  std::string damage() const { return memory_.damage(); }

  /// The elements; T must be the array's type.
  template <class T>
  std::span<T> as() {
    return {static_cast<T*>(memory_.data()), count_};
  }
  template <class T>
  std::span<const T> as() const {
    return {static_cast<const T*>(memory_.data()), count_};
  }

 private:
  static std::size_t checked_bytes(rv_dtype type, std::size_t count) {
    if (count > SIZE_MAX / element_size(type)) throw std::bad_alloc();
    return count * element_size(type);
  }

  rv_dtype type_ = RV_F64;
  std::size_t count_ = 0;
  guarded_memory memory_;
};

}  // namespace ravine
