#include "trial/streams.hpp"

namespace ravine {
namespace {

constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;  // 2^64 divided by the golden ratio

/// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every bit of the input moves half of the output.
std::uint64_t scramble(std::uint64_t z) {
  z += golden;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

}  // namespace

std::uint64_t stream_seed(std::uint64_t experiment_seed, std::uint64_t repetition, std::string_view stream) {
  std::uint64_t mixed = scramble(scramble(experiment_seed) ^ repetition);
  for (const char letter : stream) mixed = scramble(mixed ^ static_cast<unsigned char>(letter));
  return mixed;
}

std::uint64_t step_seed(std::uint64_t stream, std::uint64_t step) {
  return scramble(stream ^ scramble(step));
}

stream_engine::result_type stream_engine::operator()() {
  const std::uint64_t before = state_;
  state_ += golden;
  return scramble(before);
}

}  // namespace ravine
