#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace ravine {

/// The seed of a named stream of randomness ("init", "batches", …) of one repetition of an experiment. It
/// depends on nothing else: every optimizer of a repetition meets the same start and the same batches.
std::uint64_t stream_seed(std::uint64_t experiment_seed, std::uint64_t repetition, std::string_view stream);

/// The seed of one step within a stream.
std::uint64_t step_seed(std::uint64_t stream, std::uint64_t step);

/// Random bits for Boost.Random's distributions (SplitMix64): cheap enough to seed at every step.
class stream_engine {
 public:
  using result_type = std::uint64_t;

  explicit stream_engine(std::uint64_t seed) : state_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

 private:
  std::uint64_t state_;
};

}  // namespace ravine
