#pragma once

#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ravine {

/// What a checkpoint holds: all that one step of a trial leaves to the next.
struct checkpoint_content {
  struct array {
    rv_dtype type = RV_F32;
    std::span<const std::byte> elements;  ///< where they lie in the checkpoint
  };

  bool of_shorter = false;        ///< the end of a trial of the same lineage, not a place within this one
  std::uint64_t total_steps = 0;  ///< which that one had planned
  blas_library blas;              ///< with which it was computed
  trial_result result;            ///< so far, with its evaluations
  std::uint64_t evaluations_done = 0;
  std::uint64_t evaluation_due = 0;
  double loss_sum = 0;
  double examples = 0;
  std::vector<double> path_state;
  std::vector<array> arrays;  ///< the parameters, then the states of optimizers that last
};

/// Of the trial, or of the end of one that differs in its length alone. Throws checkpoint_error, or
/// bytes_error for what makes no sense. `accept` hears of the BLAS before the rest is read, and may throw.
checkpoint_content read_checkpoint(std::span<const std::byte> checkpoint, const trial_spec& spec,
                                   const std::function<void(const blas_library&)>& accept);

}  // namespace ravine
