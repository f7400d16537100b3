#pragma once

#include "plugin/registry.hpp"
#include "run/worker_executor.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace ravine {

/// What a task of a job array is to do.
struct part_task {
  std::filesystem::path trials;  ///< see array_trials
  std::uint64_t index = 1;       ///< of its part
  unsigned jobs = 0;             ///< trials at a time; 0: as many as have cores
  std::uint64_t starts = 0;      ///< how often the batch system has started it before
  bool same_processor = false;   ///< all tasks of the folder run on one kind of processor, or not at all
};

enum class part_ending {
  finished,     ///< all trials have ended, and their results are published
  interrupted,  ///< some of them have not
  refused
};

/// Runs a part into a results file on this machine's disk, and copies that to where the command looks for it:
/// at the end, however it comes, and now and then. Goes on from such a copy if there is one. Where this
/// machine has other plugins or data than the command, or another build, it runs nothing and leaves a note
/// that says so. `listener` says when to stop. Throws ravine::error if nothing of that can be done.
part_ending run_part(const part_task& task, const registry& plugins, worker_executor& by,
                     run_listener& listener);

}  // namespace ravine
