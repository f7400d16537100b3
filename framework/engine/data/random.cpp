#include "data/random.hpp"

#include <cstddef>
#include <utility>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace ravine {

// The output function of SplitMix64: Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195.
std::uint64_t item_seed(std::uint64_t seed, std::uint64_t item) {
  std::uint64_t z = seed + (item + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// Fisher-Yates. Not std::shuffle, whose order differs between standard libraries.
void shuffle_rows(std::span<std::uint32_t> rows, std::uint64_t seed) {
  boost::random::mt19937_64 engine(seed);
  for (std::size_t left = rows.size(); left > 1; --left) {
    const std::size_t chosen = boost::random::uniform_int_distribution<std::size_t>(0, left - 1)(engine);
    std::swap(rows[chosen], rows[left - 1]);
  }
}

}  // namespace ravine
