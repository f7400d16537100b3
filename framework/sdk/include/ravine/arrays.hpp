#pragma once

#include <ravine/optimizer.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

#include <xtensor/xadapt.hpp>

/// xtensor views of what the SDK hands out, for rules that are easier written as array expressions. Kept
/// apart from the other headers because xtensor is slow to compile. Products and factorisations of matrices
/// are in <ravine/matrices.hpp> and <ravine/linear_algebra.hpp>; those of xtensor-blas may be included as
/// well.
namespace ravine {

/// The elements as an array of the given shape, row-major, without a copy:
///
///     auto p = ravine::as_array(s.params()), g = ravine::as_array(s.grads());
///     p -= lr * g / xt::sqrt(v + eps);
template <class T, std::integral... Extents>
auto as_array(std::span<T> elements, Extents... extents) {
  if constexpr (sizeof...(Extents) == 0) {
    return as_array(elements, elements.size());
  } else {
    const std::array<std::size_t, sizeof...(Extents)> shape{static_cast<std::size_t>(extents)...};
    return xt::adapt(elements.data(), elements.size(), xt::no_ownership(), shape);
  }
}

}  // namespace ravine
