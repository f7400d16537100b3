#include "process/interrupt.hpp"

namespace ravine {
namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t requests = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void count_request(int signal) {
  requests = requests + 1;
  if (requests >= 3) {
    static_cast<void>(std::signal(signal, SIG_DFL));
    static_cast<void>(std::raise(signal));
  }
}

}  // namespace

interrupt_watch::interrupt_watch() {
  requests = 0;
  struct sigaction action {};
  action.sa_handler = count_request;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &old_int_);
  sigaction(SIGTERM, &action, &old_term_);
}

interrupt_watch::~interrupt_watch() {
  sigaction(SIGINT, &old_int_, nullptr);
  sigaction(SIGTERM, &old_term_, nullptr);
}

int interrupt_watch::count() { return requests; }

}  // namespace ravine
