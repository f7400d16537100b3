#include "process/interrupt.hpp"

#include <cstddef>

namespace ravine {
namespace {

constexpr std::array asking_signals{SIGINT, SIGTERM, SIGHUP};

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t requests = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// The request from which on there is no patience; 0: none yet.
volatile std::sig_atomic_t first_to_leave = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void count_request(int signal) {
  if (signal == SIGHUP && first_to_leave != 0) return;
  requests = requests + 1;
  if (signal != SIGINT && first_to_leave == 0) first_to_leave = requests;
  if (requests >= 3) {
    static_cast<void>(std::signal(signal, SIG_DFL));
    static_cast<void>(std::raise(signal));
  }
}

}  // namespace

interrupt_watch::interrupt_watch() {
  requests = 0;
  first_to_leave = 0;
  struct sigaction action {};
  action.sa_handler = count_request;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < asking_signals.size(); ++i) {
    sigaction(asking_signals.at(i), &action, &old_.at(i));
    const bool under_nohup = asking_signals.at(i) == SIGHUP && old_.at(i).sa_handler == SIG_IGN;
    if (under_nohup) sigaction(SIGHUP, &old_.at(i), nullptr);
  }
}

interrupt_watch::~interrupt_watch() {
  for (std::size_t i = 0; i < asking_signals.size(); ++i)
    sigaction(asking_signals.at(i), &old_.at(i), nullptr);
}

int interrupt_watch::count() { return requests; }

interruption interrupt_watch::asked() {
  if (requests == 0) return interruption::none;
  // Whoever sends SIGTERM after a Ctrl-C does not wait for the trials any longer, but for their checkpoints.
  const int heeded = first_to_leave != 0 ? first_to_leave : 1;
  if (requests > heeded) return interruption::stop;
  return first_to_leave != 0 ? interruption::leave : interruption::finish;
}

void leave_interrupts_to_parent() {
  static_cast<void>(std::signal(SIGINT, SIG_IGN));
  static_cast<void>(std::signal(SIGHUP, SIG_IGN));
  static_cast<void>(std::signal(SIGTERM, SIG_DFL));
}

}  // namespace ravine
