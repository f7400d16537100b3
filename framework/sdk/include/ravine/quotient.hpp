#pragma once

#include <limits>

namespace ravine {

/// x / y, and 0 where y is 0: an element whose scale is unknown does not move. Optimizers that divide by a
/// measure of the gradient's size use it, since that is 0 where no gradient was seen and eps is 0, or is 0 as
/// a T: 1e-50 in f32, where squares of gradients below 1e-23 vanish too.
template <class T>
T quotient(T x, T y) {
  // Chosen without a branch, so that loops over elements are vectorised.
  return x / (y == 0 ? std::numeric_limits<T>::infinity() : y);
}

}  // namespace ravine
