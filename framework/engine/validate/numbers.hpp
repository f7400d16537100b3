#pragma once

#include "plugin/memory.hpp"

#include <cstddef>
#include <cstdint>

namespace ravine {

/// Numbers between -1 and 1 that depend on nothing but their stream and place (SplitMix64).
inline double number_at(std::uint64_t stream, std::uint64_t place) {
  std::uint64_t z = (stream * 0x9E3779B97F4A7C15 + place + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EB;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) * 0x1p-52 - 1;
}

/// Element i of an array of either type.
inline double element(const void* array, rv_dtype type, std::size_t i) {
  return type == RV_F32 ? static_cast<double>(static_cast<const float*>(array)[i])
                        : static_cast<const double*>(array)[i];
}

inline void set_element(void* array, rv_dtype type, std::size_t i, double value) {
  if (type == RV_F32) {
    static_cast<float*>(array)[i] = static_cast<float>(value);
  } else {
    static_cast<double*>(array)[i] = value;
  }
}

constexpr rv_dtype both_types[] = {RV_F32, RV_F64};

/// "float" or "double".
constexpr const char* type_name(rv_dtype type) { return type == RV_F32 ? "float" : "double"; }

}  // namespace ravine
