#pragma once

#include <csignal>

namespace ravine {

/// While it lives, SIGINT and SIGTERM are counted instead of ending the process. The first means: finish the
/// trials in progress; the second: stop now; a third ends the process as if there were no handler.
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  /// How often the user has asked.
  static int count();

 private:
  struct sigaction old_int_ {};
  struct sigaction old_term_ {};
};

}  // namespace ravine
