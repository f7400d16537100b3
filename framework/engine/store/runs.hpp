#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// Whole numbers as runs of equal differences, each of which is three numbers: the first, the difference, how
/// many. Steps at which something was recorded are one or two runs, whatever their number.
std::vector<std::uint64_t> to_runs(std::span<const std::uint64_t> values);

/// The inverse; there must be `count` values. Throws ravine::error.
std::vector<std::uint64_t> from_runs(std::span<const std::uint64_t> runs, std::size_t count);

}  // namespace ravine
