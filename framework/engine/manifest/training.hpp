#pragma once

#include "manifest/block.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ravine {

/// A `train` block as written: the experiment's, or a problem's own. What is not there is left to the wider
/// block, or to the default.
struct train_block {
  std::optional<located<amount>> budget;
  std::optional<located<std::vector<setting>>> batch_sizes;  ///< whole numbers or "full"; several: searched
  std::optional<clip_spec> clip;
  /// Of scale_lr_with_batch; empty inside for null, which takes the wider block's away.
  std::optional<located<std::optional<std::uint64_t>>> lr_reference;
};

/// An `evaluate` block as written.
struct evaluate_block {
  std::optional<located<amount>> every;
  std::optional<std::vector<located<target_spec>>> targets;  ///< no two of one metric
  std::optional<located<bool>> stop_at_target;
  /// Empty inside for null, which takes the wider block's away.
  std::optional<located<std::optional<curvature_spec>>> curvature;
};

/// `train` and `evaluate` of the manifest or of a problem. All is empty if they are not there.
train_block read_train(const block& owner);
evaluate_block read_evaluate(const block& owner);

/// The number of examples in a batch; 0 for "full".
std::uint64_t batch_size_of(const setting& written);

}  // namespace ravine
