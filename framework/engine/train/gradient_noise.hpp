#pragma once

#include "trial/streams.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ravine {

/// Normal noise on every element of every gradient, with one standard deviation or one for each. Each step
/// has a stream of its own, so that the first gradient of a step meets the same noise whatever the optimizer,
/// however many it took in the steps before.
class gradient_noise {
 public:
  gradient_noise(double standard_deviation, std::uint64_t seed)
      : gradient_noise(std::vector<double>{standard_deviation}, seed) {}
  gradient_noise(std::vector<double> standard_deviations, std::uint64_t seed)
      : standard_deviations_(std::move(standard_deviations)), seed_(seed), random_(seed) {}

  void begin_step(std::uint64_t step) { random_ = stream_engine(step_seed(seed_, step)); }
  template <class T>
  void add_to(std::span<T> gradient);

 private:
  std::vector<double> standard_deviations_;
  std::uint64_t seed_;
  stream_engine random_;
};

}  // namespace ravine
