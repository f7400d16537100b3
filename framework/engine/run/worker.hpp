#pragma once

#include "plugin/registry.hpp"
#include "process/descriptor.hpp"

#include <cstdint>

/// What a worker does. It has loaded the plugins and the data of a trial but runs none of them: it forks a
/// fresh process for each trial, so that nothing of one trial can reach another.
namespace ravine {

/// What the parent sends first: this header, and so many bytes of a list of plugin files. The shared_log's
/// descriptor comes along, and that of the data if there are any.
struct worker_setup {
  std::uint64_t size;
  std::uint64_t has_data;
};

/// What the parent sends for each trial: this, with the descriptor of a connection that is the trial's alone.
/// There the trial_job follows.
struct worker_order {
  std::uint64_t nonce;
};

/// What a trial's process finds in its connection: this header, then the specification and the checkpoint.
struct trial_job {
  std::uint64_t spec_size;
  std::uint64_t checkpoint_size;  ///< 0: from the start
};

/// The life of a worker process. Ends when the connection does.
void work(descriptor connection, const registry& plugins);

}  // namespace ravine
