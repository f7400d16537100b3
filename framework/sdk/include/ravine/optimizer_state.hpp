#pragma once

#include <ravine/abi.h>
#include <ravine/hyperparameters.hpp>
#include <ravine/tensors.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Declaring the state arrays of an optimizer.
namespace ravine {

/// State arrays with one element per parameter, of the parameters' type, zero at first.
template <class... Names>
consteval auto per_parameter(Names... names) {
  return std::array<const char*, sizeof...(Names)>{names...};
}

/// Collects the state arrays of an instance whose state depends on its configuration: the argument of
/// void state(ravine::state_list&) const. All of it is zero at first, saved and restored by the host, and
/// counted as the optimizer's memory, but for scratch: room to work in, whose content no later step reads.
class state_list {
 public:
  explicit state_list(const rv_layout& layout) : layout_(layout) {}

  /// One element per parameter, of the parameters' type.
  void per_parameter(const char* name) { add(name, layout_.dtype, layout_.size); }
  /// `count` elements of the parameters' type.
  void array(const char* name, std::size_t count) { add(name, layout_.dtype, count); }
  /// `count` doubles, whatever the parameters' type: sums and counters that single precision would spoil. The
  /// step has them as s.doubles(name). An elementwise optimizer may have parameters() of them, which are
  /// sliced with the parameters, and no other number.
  void doubles(const char* name, std::size_t count) { add(name, RV_F64, count); }
  /// Scratch of the parameters' type, with one element per parameter or as many as asked. The step finds it
  /// as s.state(name).
  void scratch(const char* name) { add(name, layout_.dtype, layout_.size, RV_STATE_SCRATCH); }
  void scratch(const char* name, std::size_t count) { add(name, layout_.dtype, count, RV_STATE_SCRATCH); }
  /// The number of parameters.
  std::size_t parameters() const { return layout_.size; }
  /// Throws bad_config for more parameters than the rule can work with; `why` is the reason, such as "keeps a
  /// matrix of all parameters by all".
  void limit_parameters(std::size_t most, const std::string& why) const {
    if (parameters() <= most) return;
    throw bad_config(why + ": it takes at most " + std::to_string(most) + " parameters, found " +
                     std::to_string(parameters()) + "; choose a smaller problem or another optimizer");
  }
  /// The tensors of the parameters, for arrays whose size depends on their shapes.
  tensor_range<tensor_info> tensors() const { return {{layout_.tensors, layout_.tensor_count}}; }
  std::span<const rv_state_array> entries() const { return entries_; }

 private:
  void add(const char* name, rv_dtype dtype, std::size_t count, std::uint64_t flags = 0) {
    entries_.push_back({.struct_size = sizeof(rv_state_array),
                        .dtype = dtype,
                        .name = name,
                        .count = count,
                        .flags = flags});
  }

  const rv_layout& layout_;
  std::vector<rv_state_array> entries_;
};

namespace detail {

template <class Author>
concept has_static_state = requires {
  { *Author::state.data() } -> std::convertible_to<const char*>;
};

template <class Author>
concept has_static_scratch = requires {
  { *Author::scratch.data() } -> std::convertible_to<const char*>;
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

template <class Author>
concept has_static_names =
    !has_state_function<Author> && (has_static_state<Author> || has_static_scratch<Author>);

}  // namespace detail

/// The name of a state array. Where all names are declared in `static constexpr auto state` and `scratch`, a
/// wrong one does not compile; else the step that uses it fails.
template <class Author, class T>
class state_name {
 public:
  consteval state_name(const char* name) requires detail::has_static_names<Author>
      : text_(name), declared_(is_declared(name)) {
    const int no_state_array_of_that_name_is_declared = 0;
    if (detail::reports_errors<T> && !declared_) error_ = &no_state_array_of_that_name_is_declared;
  }
  template <std::convertible_to<std::string_view> Text>
  requires(!detail::has_static_names<Author>) constexpr state_name(const Text& name) : text_(name) {}

  constexpr std::string_view text() const { return text_; }

 private:
  static consteval bool is_declared(std::string_view name) {
    if constexpr (detail::has_static_state<Author>) {
      for (const char* each : Author::state) {
        if (name == each) return true;
      }
    }
    if constexpr (detail::has_static_scratch<Author>) {
      for (const char* each : Author::scratch) {
        if (name == each) return true;
      }
    }
    return false;
  }

  std::string_view text_;
  bool declared_ = true;
  const int* error_ = nullptr;
};

}  // namespace ravine
