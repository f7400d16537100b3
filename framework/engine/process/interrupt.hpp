#pragma once

#include <array>
#include <csignal>

namespace ravine {

/// While it lives, SIGINT and SIGTERM are counted instead of ending the process. The first means: finish the
/// trials in progress; the second: stop now; a third ends the process as if there were no handler. A terminal
/// that hangs up (SIGHUP) counts as the first alone, since a shell and the kernel both tell of it; under
/// nohup it stays ignored.
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  /// How often the user has asked.
  static int count();

 private:
  std::array<struct sigaction, 3> old_{};
};

/// Call in a process that works for this one: what a terminal sends to the whole group is for the parent to
/// act on, and SIGTERM ends the process.
void leave_interrupts_to_parent();

}  // namespace ravine
