#include "run/sandbox.hpp"

#include "error.hpp"
#include "run/crash_note.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

// The first byte that the process sends says what follows it.
constexpr char answered = 'a';
constexpr char failed = 'f';

void put(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(1);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

[[noreturn]] void work(int descriptor, const std::function<std::string()>& job) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  static_cast<void>(std::signal(SIGINT, SIG_IGN));
  dup2(STDERR_FILENO, STDOUT_FILENO);  // what plugins print does not mix with results
  try {
    const std::string answer = job();
    put(descriptor, std::string(1, answered));
    put(descriptor, answer);
  } catch (const std::exception& problem) {
    put(descriptor, std::string(1, failed));
    put(descriptor, problem.what());
  }
  _exit(0);
}

/// Everything up to the end of the pipe. False if the time is over before.
bool read_all(int descriptor, double most_seconds, std::string& text) {
  using clock = std::chrono::steady_clock;
  const auto end =
      clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(most_seconds));
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
    pollfd watched{descriptor, POLLIN, 0};
    if (left <= 0 || poll(&watched, 1, static_cast<int>(left)) == 0) return false;
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string in_sandbox(const std::function<std::string()>& job, double most_seconds) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw error(fmt::format("a process can't be started: {}", std::strerror(errno)));
  }
  static_cast<void>(std::fflush(nullptr));  // or the process would print it a second time
  const pid_t process = fork();
  const int problem = errno;
  if (process == 0) {
    close(ends[0]);
    work(ends[1], job);
  }
  close(ends[1]);
  std::string text;
  const bool in_time = process > 0 && read_all(ends[0], most_seconds, text);
  close(ends[0]);
  if (process < 0) throw error(fmt::format("a process can't be started: {}", std::strerror(problem)));
  if (!in_time) kill(process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) throw error(fmt::format("a plugin took longer than {} seconds", most_seconds));
  if (WIFSIGNALED(status)) throw error(fmt::format("a plugin crashed: {}", signal_name(WTERMSIG(status))));
  if (text.empty() || WEXITSTATUS(status) != 0) {
    throw error(fmt::format("a plugin ended its process with status {}", WEXITSTATUS(status)));
  }
  if (text[0] == failed) throw error(text.substr(1));
  return text.substr(1);
}

}  // namespace ravine
