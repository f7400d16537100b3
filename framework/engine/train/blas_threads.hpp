#pragma once

#include <cstdint>

#include <cblas.h>

namespace ravine {

/// Process-wide, so the host alone sets it. Usually trials run side by side rather than matrix products. Not
/// without need: OpenBLAS would start threads, which look for work without rest at first.
inline void use_blas_threads(std::uint64_t count) {
  const int now = static_cast<int>(count);
  if (openblas_get_num_threads() != now) openblas_set_num_threads(now);
}

}  // namespace ravine
