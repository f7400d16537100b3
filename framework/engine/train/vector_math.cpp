#include "train/vector_math.hpp"

#include "core/each_width.hpp"

#include <bit>
#include <cstdint>
#include <limits>

namespace ravine {
namespace {

/// The exponent's bits, which are all ones in infinities and NaN alone, plus their lowest one: the sum then
/// carries into the sign's place. Integers, because the compiler reorders no comparisons of floating-point
/// numbers.
RAVINE_EACH_WIDTH std::uint32_t carries(const float* x, std::size_t n) {
  constexpr auto exponent = std::bit_cast<std::uint32_t>(std::numeric_limits<float>::infinity());
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    found |= (std::bit_cast<std::uint32_t>(x[i]) & exponent) + (exponent & -exponent);
  }
  return found & ~(~0U >> 1U);
}

RAVINE_EACH_WIDTH std::uint64_t carries(const double* x, std::size_t n) {
  constexpr auto exponent = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    found |= (std::bit_cast<std::uint64_t>(x[i]) & exponent) + (exponent & -exponent);
  }
  return found & ~(~std::uint64_t{0} >> 1U);
}

}  // namespace

bool all_finite(std::span<const float> x) { return carries(x.data(), x.size()) == 0; }
bool all_finite(std::span<const double> x) { return carries(x.data(), x.size()) == 0; }

}  // namespace ravine
