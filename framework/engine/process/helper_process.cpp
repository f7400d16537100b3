#include "process/helper_process.hpp"

#include "core/error.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine::cli {
namespace {

pid_t spawn(const std::vector<std::string>& arguments, int input, int output) {
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawnattr_t how{};
  posix_spawnattr_init(&how);
  sigset_t none{};
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&how, &none);  // the server's threads block some
  posix_spawnattr_setpgroup(&how, 0);       // Ctrl-C is the server's to hear
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words{"ravine"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& each : words) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  pid_t process = -1;
  const int problem = posix_spawn(&process, "/proc/self/exe", &files, &how, pointers.data(), environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  if (problem != 0) throw error(fmt::format("a process can't be started: {}", std::strerror(problem)));
  return process;
}

}  // namespace

helper_process::helper_process(const std::vector<std::string>& arguments) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  // Sockets, whose broken end is an error and no signal.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()) != 0) {
    throw error(fmt::format("a process can't be started: {}", std::strerror(errno)));
  }
  if (pipe2(out.data(), O_CLOEXEC) != 0) {
    const int problem = errno;
    close(in[0]);
    close(in[1]);
    throw error(fmt::format("a process can't be started: {}", std::strerror(problem)));
  }
  input_ = in[0];
  output_ = out[0];
  try {
    process_ = spawn(arguments, in[1], out[1]);
  } catch (...) {
    close(in[1]);
    close(out[1]);
    finish();
    throw;
  }
  close(in[1]);
  close(out[1]);
}

helper_process::~helper_process() { finish(); }

void helper_process::finish() {
  close(input_);
  close(output_);
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool helper_process::send(const std::string& line) {
  const std::string text = line + '\n';
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(input_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

helper_process::reading helper_process::read(std::string& line, double seconds) {
  using clock = std::chrono::steady_clock;
  const auto end =
      clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  std::size_t searched = 0;
  for (;;) {
    if (const std::size_t found = received_.find('\n', searched); found != std::string::npos) {
      line = received_.substr(0, found);
      received_.erase(0, found + 1);
      return reading::line;
    }
    searched = received_.size();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
    pollfd watched{output_, POLLIN, 0};
    if (left <= 0 || poll(&watched, 1, static_cast<int>(left)) == 0) return reading::nothing_yet;
    const ssize_t count = ::read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return reading::ended;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace ravine::cli
