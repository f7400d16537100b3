#pragma once

#include <span>

#include <sys/types.h>

namespace ravine {

/// Kills and reaps every child of this process but those named, and what they leave to it in turn. For a
/// process that has made itself the subreaper of its descendants.
void kill_children_but(std::span<const pid_t> kept);

/// Closes every descriptor above the standard streams but one.
void close_all_but(int kept);

/// Takes memory that is shared with other processes and can be written, such as SQLite's index of a log, out
/// of this process. For a fork that runs nothing which uses it.
void unmap_shared_memory();

}  // namespace ravine
