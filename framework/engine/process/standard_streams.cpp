#include "process/standard_streams.hpp"

#include <array>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace ravine {

void secure_standard_streams() {
  // Standard output is opened for reading alone: a result that goes nowhere is still an error.
  constexpr std::array<std::pair<int, int>, 3> streams{
      {{STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}}};
  for (const auto& [number, access] : streams) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    const int opened = open("/dev/null", access);  // takes the lowest number that is free
    if (opened != number) _exit(1);                // there is nowhere to say why
  }
  for (const int number : {SIGPIPE, SIGXFSZ}) static_cast<void>(std::signal(number, SIG_IGN));
  static_cast<void>(std::signal(SIGCHLD, SIG_DFL));  // ignored, the ends of children would be lost
}

}  // namespace ravine
