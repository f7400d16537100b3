#include "process/zygote.hpp"

#include "process/confinement.hpp"
#include "process/descendants.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <vector>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

enum class request : std::uint32_t { start = 1, end };

struct order {
  request what;
  std::int32_t id;
};

process_end end_of(int status) {
  return WIFSIGNALED(status) ? process_end{.signal = WTERMSIG(status)}
                             : process_end{.exit_code = WEXITSTATUS(status)};
}

}  // namespace

struct zygote::reply {
  std::int32_t id = -1;  ///< negative: an errno
  process_end end;
};

namespace {

template <class Reply>
class server {
 public:
  server(int parent, const std::function<void(descriptor)>& body) : parent_(parent), body_(body) {}

  [[noreturn]] void serve() {
    for (;;) {
      order asked{};
      descriptor passed;
      if (!receive_passed(parent_, std::as_writable_bytes(std::span(&asked, 1)), std::span(&passed, 1))) {
        known_.clear();
        kill_children_but(known_);
        _exit(0);
      }
      const Reply answer = asked.what == request::start ? start(std::move(passed)) : end(asked.id);
      send_all(parent_, std::as_bytes(std::span(&answer, 1)));
    }
  }

 private:
  Reply start(descriptor connection) {
    const pid_t self = getpid();
    const pid_t id = ::fork();
    if (id < 0) return {-errno, {}};
    if (id == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != self) _exit(0);
      close(parent_);
      body_(std::move(connection));
      _exit(0);
    }
    known_.push_back(id);
    return {id, {}};
  }

  Reply end(pid_t id) {
    const auto found = std::ranges::find(known_, id);
    if (found == known_.end()) return {-ESRCH, {}};
    known_.erase(found);
    ::kill(id, SIGKILL);
    int status = 0;
    while (waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    kill_children_but(known_);
    return {id, end_of(status)};
  }

  int parent_;
  const std::function<void(descriptor)>& body_;
  std::vector<pid_t> known_;
};

}  // namespace

zygote::zygote(const std::function<void(descriptor)>& body) {
  socket_ends ends = make_socket_pair();
  process_ = child_process::fork([&] {
    prctl(PR_SET_PDEATHSIG, 0);  // the end of the connection tells, and leaves time to kill the others
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    // What a terminal or a batch system asks of the whole group is for the parent to decide.
    for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) static_cast<void>(std::signal(each, SIG_IGN));
    close_all_but(ends.theirs.get());
    unmap_shared_memory();
    prepare_confinement();
    server<reply>(ends.theirs.get(), body).serve();
  });
  connection_ = std::move(ends.ours);
}

zygote::~zygote() {
  connection_.close();  // it kills the others, and ends
  process_.wait();
}

zygote::reply zygote::ask(const void* order, std::size_t size, int passed) {
  reply answer;
  const auto bytes = std::span(static_cast<const std::byte*>(order), size);
  const auto passing = passed >= 0 ? std::span<const int>(&passed, 1) : std::span<const int>();
  const bool told = send_passing(connection_.get(), bytes, passing) &&
                    receive_all(connection_.get(), std::as_writable_bytes(std::span(&answer, 1)));
  if (!told) throw process_error(ECHILD);
  if (answer.id < 0) throw process_error(-answer.id);
  return answer;
}

zygote::started zygote::start() {
  socket_ends ends = make_socket_pair();
  const order asked{request::start, 0};
  const reply answer = ask(&asked, sizeof asked, ends.theirs.get());
  // The id stays that process's until end() reaps it.
  descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, answer.id, 0)));
  if (handle.get() < 0) throw process_error(errno);
  return {answer.id, std::move(ends.ours), std::move(handle)};
}

process_end zygote::end(pid_t id) {
  const order asked{request::end, id};
  return ask(&asked, sizeof asked, -1).end;
}

}  // namespace ravine
