#pragma once

#include <ravine/abi.h>

#include <cstddef>

namespace ravine {

/// Bytes that each growable struct had in ABI release 1.0, the least that either side may give: sizeof grows
/// with the header, and a plugin that was built before must go on loading.
template <class Struct>
inline constexpr std::size_t size_in_1_0 = 0;
template <>
inline constexpr std::size_t size_in_1_0<rv_plugin> = 64;
template <>
inline constexpr std::size_t size_in_1_0<rv_component> = 72;
template <>
inline constexpr std::size_t size_in_1_0<rv_param_info> = 104;
template <>
inline constexpr std::size_t size_in_1_0<rv_optimizer> = 72;
template <>
inline constexpr std::size_t size_in_1_0<rv_scheduler> = 56;
template <>
inline constexpr std::size_t size_in_1_0<rv_model> = 64;
template <>
inline constexpr std::size_t size_in_1_0<rv_landscape> = 64;
template <>
inline constexpr std::size_t size_in_1_0<rv_tensor> = 64;
template <>
inline constexpr std::size_t size_in_1_0<rv_state_array> = 24;

// What the host makes: the least that a plugin must work with.
template <>
inline constexpr std::size_t size_in_1_0<rv_host> = 40;
template <>
inline constexpr std::size_t size_in_1_0<rv_config> = 32;
template <>
inline constexpr std::size_t size_in_1_0<rv_layout> = 32;
template <>
inline constexpr std::size_t size_in_1_0<rv_closure> = 24;
template <>
inline constexpr std::size_t size_in_1_0<rv_inner> = 40;  // in 1.1, which has it first
template <>
inline constexpr std::size_t size_in_1_0<rv_step> = 112;
template <>
inline constexpr std::size_t size_in_1_0<rv_progress> = 24;
template <>
inline constexpr std::size_t size_in_1_0<rv_data_spec> = 40;
template <>
inline constexpr std::size_t size_in_1_0<rv_batch> = 40;

/// Whether what a plugin gave is as long as release 1.0 has it.
template <class Struct>
constexpr bool is_long_enough(const Struct& given) {
  static_assert(size_in_1_0<Struct> != 0, "name the struct's size in release 1.0 above");
  return given.struct_size >= size_in_1_0<Struct>;
}

}  // namespace ravine
