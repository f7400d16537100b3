#pragma once

#include <cstdint>
#include <span>

namespace ravine {

/// A seed for one item of a seeded family. Neighbouring seeds and neighbouring items give unrelated seeds.
std::uint64_t item_seed(std::uint64_t seed, std::uint64_t item);

/// Puts row numbers into a uniformly random order that depends on the seed alone.
void shuffle_rows(std::span<std::uint32_t> rows, std::uint64_t seed);

}  // namespace ravine
