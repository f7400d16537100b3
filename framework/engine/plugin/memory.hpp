#pragma once

#include <ravine/abi.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>

namespace ravine {

constexpr std::size_t element_size(rv_dtype type) { return type == RV_F32 ? sizeof(float) : sizeof(double); }

/// A zeroed array that starts at a multiple of 64 bytes, as the contract promises plugins.
class aligned_array {
 public:
  static constexpr std::size_t alignment = 64;

  aligned_array() = default;
  aligned_array(rv_dtype type, std::size_t count) : type_(type), count_(count) {
    if (count > SIZE_MAX / element_size(type) - alignment) throw std::bad_alloc();
    if (bytes() == 0) return;
    const std::size_t rounded = (bytes() + alignment - 1) / alignment * alignment;
    data_.reset(
        std::aligned_alloc(alignment, rounded));  // NOLINT(cppcoreguidelines-no-malloc): freed by the deleter
    if (data_ == nullptr) throw std::bad_alloc();
    std::memset(data_.get(), 0, rounded);
  }

  rv_dtype type() const { return type_; }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * element_size(type_); }
  void* data() { return data_.get(); }
  const void* data() const { return data_.get(); }

  /// The elements; T must be the array's type.
  template <class T>
  std::span<T> as() {
    return {static_cast<T*>(data_.get()), count_};
  }
  template <class T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data_.get()), count_};
  }

 private:
  struct release {
    void operator()(void* memory) const { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc)
  };

  rv_dtype type_ = RV_F64;
  std::size_t count_ = 0;
  std::unique_ptr<void, release> data_;
};

/// RV_F32 or RV_F64 for float or double.
template <class T>
inline constexpr rv_dtype dtype_of = sizeof(T) == sizeof(float) ? RV_F32 : RV_F64;

}  // namespace ravine
