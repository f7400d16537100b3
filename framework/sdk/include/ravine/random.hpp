#pragma once

#include <cstdint>
#include <limits>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>

namespace ravine {

/// SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2714064.2660195): a generator of eight bytes, cheap
/// to seed for each batch. The same numbers on every platform.
class splitmix64 {
 public:
  using result_type = std::uint64_t;

  explicit splitmix64(std::uint64_t seed) : state_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

/// Random numbers from a seed that the host gave. Boost's distributions: those of the standard library
/// differ between its implementations.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : engine_(seed) {}

  double normal(double mean, double standard_deviation) {
    return mean + standard_deviation * normal_(engine_);
  }
  /// Even over [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform_(engine_); }

 private:
  splitmix64 engine_;
  boost::random::normal_distribution<double> normal_;
  boost::random::uniform_01<double> uniform_;
};

}  // namespace ravine
