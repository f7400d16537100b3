#include "process/sandbox_child.hpp"

#include "process/crash_note.hpp"
#include "process/descriptor.hpp"
#include "process/interrupt.hpp"
#include "process/message.hpp"

#include <csignal>
#include <fstream>
#include <new>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr int kept_descriptor = STDERR_FILENO + 1;

/// Closes every descriptor but standard error and the connection, which is moved: to where it is now.
int keep_nothing_but(int connection, sandbox_limits::printing prints) {
  // Any of the first three may be closed in the parent, and the connection one of them.
  const int saved = fcntl(connection, F_DUPFD, kept_descriptor);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  if (prints == sandbox_limits::printing::dropped || fcntl(STDERR_FILENO, F_GETFD) < 0) {
    dup2(nothing, STDERR_FILENO);
  }
  dup2(STDERR_FILENO, STDOUT_FILENO);  // what plugins print does not mix with results
  if (saved != kept_descriptor) dup2(saved, kept_descriptor);
  close_range(kept_descriptor + 1, ~0U, 0);
  return kept_descriptor;
}

/// Beyond the address space that there is: the parent's, and whatever a sanitizer has reserved.
void limit_memory(std::size_t bytes) {
  std::size_t pages = 0;
  if (!(std::ifstream("/proc/self/statm") >> pages)) return;
  const rlim_t all = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + bytes;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  if (all > limit.rlim_max) return;
  limit = {all, all};
  setrlimit(RLIMIT_AS, &limit);
}

/// Ctrl-C is for the parent, which ends this process with itself.
void reset_signals() {
  leave_interrupts_to_parent();
  sigset_t none{};
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void work_in_sandbox(int connection, const std::function<std::string()>& job, const sandbox_limits& limits) {
  setpgid(0, 0);
  reset_signals();
  connection = keep_nothing_but(connection, limits.prints);
  send_crash_notes(connection);
  if (limits.memory != 0) limit_memory(limits.memory);
  byte_writer words;
  try {
    confine(limits.confined);
    const std::string answer = job();
    words << sandbox_outcome::how::answered << std::string_view(answer);
  } catch (const std::bad_alloc&) {
    words << sandbox_outcome::how::threw << std::string_view("there was not enough memory");
  } catch (const std::exception& problem) {
    words << sandbox_outcome::how::threw << std::string_view(problem.what());
  } catch (...) {
    words << sandbox_outcome::how::threw
          << std::string_view("an exception left the plugin that is not a std::exception");
  }
  const message_header header{message_kind::ended, 0, words.bytes().size()};
  const bool told =
      write_all(connection, std::as_bytes(std::span(&header, 1))) && write_all(connection, words.bytes());
  _exit(told ? 0 : connection_lost_status);
}

}  // namespace ravine
