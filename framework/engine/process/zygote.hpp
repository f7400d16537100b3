#pragma once

#include "process/child_process.hpp"
#include "process/descriptor.hpp"

#include <functional>

#include <sys/types.h>

namespace ravine {

/// A small process, forked from this one early, that forks others on request: their cost does not grow with
/// what this process holds later, and they inherit nothing of it. It adopts every process that these leave
/// behind. When this object goes, or this process ends in whatever way, all of them are killed.
class zygote {
 public:
  /// `body` runs in each process that start() makes, with that process's end of a connection; the process
  /// ends when it returns. Call while this process has no other threads. Throws process_error.
  explicit zygote(const std::function<void(descriptor)>& body);
  ~zygote();
  zygote(const zygote&) = delete;
  zygote& operator=(const zygote&) = delete;

  struct started {
    pid_t id = -1;
    descriptor connection;
    descriptor handle;  ///< a pidfd: can be read from once the process has ended
  };
  /// Throws process_error.
  started start();

  /// Kills a process that start() made, if it still runs, together with all that descends from it: they are
  /// gone when this returns. Throws process_error.
  process_end end(pid_t id);

 private:
  struct reply;
  reply ask(const void* order, std::size_t size, int passed);

  descriptor connection_;
  child_process process_;
};

}  // namespace ravine
