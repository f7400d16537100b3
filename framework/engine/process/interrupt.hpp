#pragma once

#include <array>
#include <csignal>

namespace ravine {

/// What a user or a batch system asks of a command.
enum class interruption {
  none,
  finish,  ///< Ctrl-C, once: finish the trials in progress
  leave,   ///< SIGTERM, or a terminal that hangs up: be gone within seconds, keep what can be kept
  stop     ///< asked again: stop now
};

/// While it lives, SIGINT, SIGTERM and SIGHUP are noted instead of ending the process; a third one ends it as
/// if there were no handler. SIGHUP counts only once, since a shell and the kernel both tell of it; under
/// nohup it stays ignored.
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  /// How often the user has asked.
  static int count();
  static interruption asked();

 private:
  std::array<struct sigaction, 3> old_{};
};

/// Call in a process that works for this one: what a terminal sends to the whole group is for the parent to
/// act on, and SIGTERM ends the process.
void leave_interrupts_to_parent();

}  // namespace ravine
