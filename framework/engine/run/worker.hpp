#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "process/shared_log.hpp"
#include "trial/plan.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace ravine {

/// What a worker shares with its parent, of which it is the fork: nothing of it is sent.
struct worker_world {
  std::span<const planned_trial> trials;
  const registry* plugins;
  std::function<const dataset*(const trial_spec&)> data;  ///< null for a landscape
};

/// What the parent sends for each trial.
struct worker_job {
  std::uint64_t trial;            ///< index into worker_world::trials
  std::uint64_t checkpoint_size;  ///< bytes that follow; 0: from the start
};

/// The exit status of a worker that finds its connection closed, or something else in its place.
inline constexpr int connection_lost = 97;

/// The life of a worker process: runs the trials that arrive through the connection, notes each evaluation in
/// `curve` as it is made, and ends when the connection does.
[[noreturn]] void work(int connection, shared_log& curve, const worker_world& world);

}  // namespace ravine
