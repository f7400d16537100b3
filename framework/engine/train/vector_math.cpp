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

/// No way out of the loop, because one that has any is not vectorised.
RAVINE_EACH_WIDTH bool beyond(const float* x, std::size_t n, double lowest, double highest) {
  unsigned found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    found |= static_cast<unsigned>(x[i] < lowest) | static_cast<unsigned>(x[i] > highest);
  }
  return found != 0;
}

RAVINE_EACH_WIDTH bool beyond(const double* x, std::size_t n, double lowest, double highest) {
  unsigned found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    found |= static_cast<unsigned>(x[i] < lowest) | static_cast<unsigned>(x[i] > highest);
  }
  return found != 0;
}

/// Whether any block is so. From the last one to the first: a loop over all has just written them in order,
/// and the next one begins at the first, so that the cache has more of what either needs.
template <class T, class Is>
bool any_block(std::span<const T> x, Is is) {
  constexpr std::size_t most = 32768 / sizeof(T);
  while (x.size() > most) {
    if (is(x.data() + x.size() - most, most)) return true;
    x = x.first(x.size() - most);
  }
  return is(x.data(), x.size());
}

}  // namespace

bool all_finite(std::span<const float> x) {
  return !any_block(x, [](const float* block, std::size_t n) { return carries(block, n) != 0; });
}
bool all_finite(std::span<const double> x) {
  return !any_block(x, [](const double* block, std::size_t n) { return carries(block, n) != 0; });
}

bool any_beyond(std::span<const float> x, double lowest, double highest) {
  return any_block(x, [=](const float* block, std::size_t n) { return beyond(block, n, lowest, highest); });
}
bool any_beyond(std::span<const double> x, double lowest, double highest) {
  return any_block(x, [=](const double* block, std::size_t n) { return beyond(block, n, lowest, highest); });
}

}  // namespace ravine
