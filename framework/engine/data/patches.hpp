#pragma once

#include "data/digits.hpp"

#include <cstddef>

namespace ravine {

/// A square part of `side` x `side` pixels, at a random place, of each image that make_digits gives: a
/// smaller problem than the digits, on which no model gets everything right, since some parts show too
/// little. The place depends on the seed, the part and the example's number alone. `side` is 1 to 28. Throws
/// data_error as make_digits does.
dataset_content make_patches(const digits_options& options, std::size_t side);

}  // namespace ravine
