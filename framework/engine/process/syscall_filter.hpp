#pragma once

#include "process/confinement.hpp"

#include <vector>

#include <linux/filter.h>
#include <sys/types.h>

namespace ravine {

/// A program that the kernel runs before each system call (seccomp), and that refuses some with EPERM, as the
/// kernel would refuse them to a user without the right: plugins that merely try go on.
class syscall_filter {
 public:
  /// Processes that a plugin may not signal while it is loaded, whatever else it may signal.
  struct protected_processes {
    pid_t first, second;
  };

  /// `running`: what is refused in addition to `loading`, so that installing it costs a trial little. Throws
  /// process_error.
  explicit syscall_filter(confined_for purpose);

  static bool is_supported();

  /// Binds this process and what it starts from now on. no_new_privs must be set. Throws process_error.
  void install(protected_processes others) const;

 private:
  std::vector<sock_filter> program_;
};

}  // namespace ravine
