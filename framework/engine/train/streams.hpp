#pragma once

#include <cstdint>
#include <string_view>

namespace ravine {

/// The seed of a named stream of randomness ("init", "batches", …) of one repetition of an experiment. It
/// depends on nothing else: every optimizer of a repetition meets the same start and the same batches.
std::uint64_t stream_seed(std::uint64_t experiment_seed, std::uint64_t repetition, std::string_view stream);

/// The seed of one step within a stream.
std::uint64_t step_seed(std::uint64_t stream, std::uint64_t step);

}  // namespace ravine
