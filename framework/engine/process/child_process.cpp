#include "process/child_process.hpp"

#include "process/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

[[noreturn]] void run_in_fork(pid_t parent, const std::function<void()>& body) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);   // no child outlives its parent
  if (getppid() != parent) _exit(0);  // which has ended already
  body();
  _exit(0);
}

class spawn_streams {
 public:
  explicit spawn_streams(const program& what) {
    posix_spawn_file_actions_init(&actions_);
    add(what.input, STDIN_FILENO);
    add(what.output, STDOUT_FILENO);
    add(what.errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);  // whatever a library left open
  }
  ~spawn_streams() { posix_spawn_file_actions_destroy(&actions_); }
  spawn_streams(const spawn_streams&) = delete;
  spawn_streams& operator=(const spawn_streams&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void add(int from, int standard) {
    if (from >= 0) posix_spawn_file_actions_adddup2(&actions_, from, standard);
  }

  posix_spawn_file_actions_t actions_{};
};

class spawn_attributes {
 public:
  explicit spawn_attributes(program::group group) {
    posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);  // the calling thread may block some
    sigset_t usual{};  // what this process ignores, another program may not expect to be ignored
    sigemptyset(&usual);
    for (const int number : {SIGPIPE, SIGXFSZ}) sigaddset(&usual, number);
    posix_spawnattr_setsigdefault(&attributes_, &usual);
    posix_spawnattr_setpgroup(&attributes_, 0);
    const int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                      (group == program::group::own ? POSIX_SPAWN_SETPGROUP : 0);
    posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  ~spawn_attributes() { posix_spawnattr_destroy(&attributes_); }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

child_process child_process::fork(const std::function<void()>& body) {
  static_cast<void>(std::fflush(nullptr));  // or the child would print it a second time
  const pid_t self = getpid();
  const pid_t id = ::fork();
  if (id == 0) run_in_fork(self, body);
  if (id < 0) throw process_error(errno);
  return child_process(id);
}

child_process child_process::start(const program& what) {
  std::vector<std::string> words = what.command;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& each : words) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  const std::string& file = what.executable.empty() ? what.command.at(0) : what.executable;
  const spawn_streams streams(what);
  const spawn_attributes attributes(what.process_group);
  pid_t id = -1;
  const int problem =
      posix_spawnp(&id, file.c_str(), streams.get(), attributes.get(), pointers.data(), environ);
  if (problem != 0) throw process_error(problem);
  return child_process(id);
}

bool child_process::take_end(int options) {
  if (id_ < 0) return true;
  int status = 0;
  pid_t ended = 0;
  do ended = waitpid(id_, &status, options);
  while (ended < 0 && errno == EINTR);
  if (ended == 0) return false;
  id_ = -1;
  end_ = WIFSIGNALED(status) ? process_end{.signal = WTERMSIG(status)}
                             : process_end{.exit_code = WEXITSTATUS(status)};
  return true;
}

bool child_process::has_ended() { return take_end(WNOHANG); }

bool child_process::wait_until(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds longest = std::chrono::hours(1);  // poll counts in an int
  if (id_ < 0) return true;
  const descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, id_, 0)));
  const milliseconds most = handle.get() < 0 ? milliseconds(1) : longest;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{handle.get(), POLLIN, 0};
    poll(&watched, 1, static_cast<int>(std::clamp(left, milliseconds(0), most).count()));
    if (has_ended()) return true;
    if (left.count() <= 0) return false;
  }
}

const process_end& child_process::wait() {
  take_end(0);
  return end_;
}

void child_process::kill() {
  if (id_ < 0) return;
  ::kill(id_, SIGKILL);
  take_end(0);
}

}  // namespace ravine
