#pragma once

#include <ravine/abi.h>
#include <ravine/tensors.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

/// Declaring the state arrays of an optimizer.
namespace ravine {

/// State arrays with one element per parameter, of the parameters' type, zero at first.
template <class... Names>
consteval auto per_parameter(Names... names) {
  return std::array<const char*, sizeof...(Names)>{names...};
}

/// Collects the state arrays of an instance whose state depends on its configuration.
class state_list {
 public:
  explicit state_list(const rv_layout& layout) : layout_(layout) {}

  /// One element per parameter, of the parameters' type.
  void per_parameter(const char* name) { add(name, layout_.dtype, layout_.size); }
  /// `count` elements of the parameters' type.
  void array(const char* name, std::size_t count) { add(name, layout_.dtype, count); }
  /// `count` doubles, whatever the parameters' type.
  void doubles(const char* name, std::size_t count) { add(name, RV_F64, count); }
  std::size_t parameters() const { return layout_.size; }
  /// The tensors of the parameters, for arrays whose size depends on their shapes.
  tensor_range<tensor_info> tensors() const { return {{layout_.tensors, layout_.tensor_count}}; }
  std::span<const rv_state_array> entries() const { return entries_; }

 private:
  void add(const char* name, rv_dtype dtype, std::size_t count) {
    entries_.push_back({.struct_size = sizeof(rv_state_array), .dtype = dtype, .name = name, .count = count});
  }

  const rv_layout& layout_;
  std::vector<rv_state_array> entries_;
};

namespace detail {

template <class Author>
concept has_static_state = requires {
  Author::state.size();
};

template <class Author>
concept has_state_function = requires(const Author& author, state_list& list) {
  author.state(list);
};

template <class Author>
constexpr bool is_elementwise = [] {
  if constexpr (requires { Author::elementwise; }) return bool{Author::elementwise};
  return false;
}();

}  // namespace detail
}  // namespace ravine
