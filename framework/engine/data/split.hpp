#pragma once

#include "data/dataset_content.hpp"

#include <cstddef>
#include <cstdint>

namespace ravine {

/// Seed of the order from which validation examples are taken. Fixed for good: results on MNIST are
/// comparable between experiments because all of them train on the same examples.
inline constexpr std::uint64_t split_seed = 20260101;

struct split_sizes {
  std::size_t validation = 0;       ///< examples to set apart, fewer than there are
  std::size_t train = 0;            ///< examples to keep of the rest, the first ones; 0 keeps all
  std::size_t test = 0;             ///< examples to set apart for the test, fewer than there are
  std::uint64_t seed = split_seed;  ///< of the order from which validation and test are taken
};

/// Moves examples from `data.train`, which holds everything there is to train on, to `data.validation`: the
/// first `validation` ones in an order shuffled by `seed`, so a smaller validation part lies within a larger
/// one; where `test` is not 0, those before them go to `data.test`, which is empty. All parts keep the order
/// of the original. Throws data_error when there are too few examples.
void split_validation(dataset_content& data, split_sizes sizes);

}  // namespace ravine
