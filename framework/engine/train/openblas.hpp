#pragma once

#include "trial/trial_result.hpp"

#include <cstdint>

namespace ravine {

// This program does not link OpenBLAS, whose start-up code takes memory and starts threads: plugins bring it
// into the processes that load them.

/// A function of the OpenBLAS that plugins have brought into this process; null if none has.
void* find_in_openblas(const char* function);

template <class Function>
Function* find_in_openblas(const char* function) {
  return reinterpret_cast<Function*>(find_in_openblas(function));
}

/// What that OpenBLAS says of itself.
blas_library loaded_blas();

/// How many threads OpenBLAS uses in this process; does nothing where no plugin has brought it. Process-wide,
/// so the host alone sets it. Usually trials run side by side rather than matrix products. Not without need:
/// OpenBLAS would start threads, which look for work without rest at first.
void use_blas_threads(std::uint64_t count);

}  // namespace ravine
