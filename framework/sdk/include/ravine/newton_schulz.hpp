#pragma once

#include <ravine/matrices.hpp>
#include <ravine/norms.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ravine {

/// Elements of workspace that newton_schulz needs for a matrix whose shorter side is k.
constexpr std::size_t newton_schulz_workspace(std::size_t k) { return 2 * k * k; }

/// Moves the singular values of X towards 1 by the quintic iteration of Jordan et al. 2024
/// (kellerjordan.github.io/posts/muon): X / (|X| + 1e-7), then X <- X (a I + b A + c A^2) with A = X' X. Its
/// coefficients are chosen for steepness at 0, not for convergence: after five iterations singular values
/// lie within about 0.7 and 1.2, unless they were below a thousandth of |X|.
///
/// `x` is row-major with k columns and at least k rows; give a wide matrix as its transpose. Its rows are
/// updated in blocks of k, so that no second matrix of its size is needed.
template <class T>
void newton_schulz(std::span<T> x, std::size_t k, std::int64_t iterations, std::span<T> workspace) {
  const T shrink = static_cast<T>(1 / (norm(x) + 1e-7));
  for (T& each : x) each *= shrink;
  const std::span<T> first = workspace.first(k * k), second = workspace.subspan(k * k, k * k);
  for (std::int64_t i = 0; i < iterations; ++i) {
    multiply(transposed(x, k), matrix(x, k), first);
    std::ranges::copy(first, second.begin());
    multiply(matrix(first, k), matrix(first, k), second, static_cast<T>(2.0315), static_cast<T>(-4.7750));
    for (std::size_t d = 0; d < k; ++d) second[d * (k + 1)] += static_cast<T>(3.4445);
    for (std::size_t at = 0; at < x.size(); at += k * k) {
      const std::span<T> block = x.subspan(at, std::min(k * k, x.size() - at));
      const std::span<T> before = first.first(block.size());
      std::ranges::copy(block, before.begin());
      multiply(matrix(before, k), matrix(second, k), block);
    }
  }
}

}  // namespace ravine
