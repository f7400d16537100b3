#pragma once

#include <cstddef>
#include <type_traits>

/// Loops on the widest vectors of the processor at hand. A plugin is compiled for the plain instruction set
/// of its architecture, and the loops that matter are compiled again for wider ones, chosen when they run.
/// Each lane computes what it would compute alone, and multiplications and additions are not fused, so that
/// the result is the same on every path, bit for bit, as long as the loop adds up nothing across lanes.
namespace ravine {

/// A vector of as many T as fit in Bytes (16, 32 or 64), with the arithmetic of T in each lane.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type
      __attribute__((vector_size(Bytes), aligned(alignof(T)), may_alias));  // NOLINT(modernize-use-using)
  static constexpr std::size_t lanes = Bytes / sizeof(T);
};

/// The bytes of a vector, as a type.
template <std::size_t Bytes>
using vector_bytes = std::integral_constant<std::size_t, Bytes>;

#ifndef RAVINE_WIDEST_VECTORS
#define RAVINE_WIDEST_VECTORS 64  // bytes; a plugin that is compiled with less uses no wider ones
#endif

#if defined(__x86_64__) && defined(__GNUC__)

namespace detail {

#if defined(__clang__)
#define RAVINE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl"
#else
#define RAVINE_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512"
#endif

template <class Body>
[[gnu::target(RAVINE_AVX512), gnu::flatten, gnu::noinline]] void on_avx512(Body& body) {
  body(vector_bytes<64>{});
}

#undef RAVINE_AVX512

template <class Body>
[[gnu::target("avx2"), gnu::flatten, gnu::noinline]] void on_avx2(Body& body) {
  body(vector_bytes<32>{});
}

}  // namespace detail

/// Calls body(vector_bytes<N>) once, compiled for vectors of N bytes. What the body calls is inlined into it,
/// and has to be visible to the compiler.
template <class Body>
void on_widest_vectors(Body body) {
  if (RAVINE_WIDEST_VECTORS >= 64 && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    detail::on_avx512(body);
  } else if (RAVINE_WIDEST_VECTORS >= 32 && __builtin_cpu_supports("avx2")) {
    detail::on_avx2(body);
  } else {
    body(vector_bytes<16>{});
  }
}

#else

template <class Body>
void on_widest_vectors(Body body) {
  body(vector_bytes<16>{});
}

#endif

}  // namespace ravine
