#include "process/child_process.hpp"

#include "process/descriptor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

void sleep_for_ever() {
  for (;;) pause();
}

bool exists(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

TEST(child_process, tells_how_a_fork_ended) {
  child_process returned = child_process::fork([] {});
  EXPECT_EQ(returned.wait().exit_code, 0);
  EXPECT_EQ(returned.id(), -1);
  child_process left = child_process::fork([] { _exit(7); });
  EXPECT_EQ(left.wait().exit_code, 7);
  EXPECT_EQ(left.end().signal, 0);
  child_process struck = child_process::fork([] { static_cast<void>(raise(SIGKILL)); });
  EXPECT_EQ(struck.wait().signal, SIGKILL);
}

TEST(child_process, waits_until_a_deadline) {
  child_process endless = child_process::fork(sleep_for_ever);
  EXPECT_FALSE(endless.has_ended());
  const auto began = clock::now();
  EXPECT_FALSE(endless.wait_until(began + 20ms));
  EXPECT_GE(clock::now() - began, 20ms);
  endless.kill();
  EXPECT_TRUE(endless.has_ended());
  EXPECT_EQ(endless.end().signal, SIGKILL);
  child_process quick = child_process::fork([] {});
  EXPECT_TRUE(quick.wait_until(clock::now() + 10s));
}

TEST(child_process, ends_its_process_when_it_goes) {
  pid_t first = -1, second = -1;
  {
    child_process owner = child_process::fork(sleep_for_ever);
    first = owner.id();
    child_process moved = std::move(owner);
    EXPECT_EQ(owner.id(), -1);  // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(exists(first));
    owner = child_process::fork(sleep_for_ever);
    second = owner.id();
    owner = child_process();
    EXPECT_FALSE(exists(second));
    EXPECT_TRUE(exists(first));
  }
  EXPECT_FALSE(exists(first));
  EXPECT_EQ(waitpid(first, nullptr, WNOHANG), -1) << "nor is a zombie left";
}

TEST(child_process, starts_a_program_with_its_streams) {
  const pipe_ends input = make_pipe();
  pipe_ends output = make_pipe();
  const std::string text = "words\n";
  ASSERT_TRUE(write_all(input.write.get(), std::as_bytes(std::span(text))));
  child_process started = child_process::start(
      {.command = {"sh", "-c", "read line; echo \"$line, $0\"; echo oops >&2; exit 3", "more"},
       .input = input.read.get(),
       .output = output.write.get(),
       .errors = output.write.get()});
  output.write.close();
  EXPECT_EQ(read_to_end(output.read.get()), "words, more\noops\n");
  EXPECT_EQ(started.wait().exit_code, 3);
}

TEST(child_process, starts_a_program_in_a_group_of_its_own) {
  const auto sleeping = [](program::group group) {
    return child_process::start({.command = {"sleep", "60"}, .process_group = group});
  };
  const child_process own = sleeping(program::group::own), ours = sleeping(program::group::ours);
  EXPECT_EQ(getpgid(own.id()), own.id());
  EXPECT_EQ(getpgid(ours.id()), getpgid(0));
}

TEST(child_process, says_why_a_program_can_not_be_started) {
  try {
    child_process::start({.command = {"no-such-program"}});
    FAIL() << "it was started";
  } catch (const process_error& problem) {
    EXPECT_EQ(problem.reason(), "No such file or directory");
    EXPECT_STREQ(problem.what(), "a process can't be started: No such file or directory");
  }
}

TEST(descriptor, is_closed_once_by_its_owner) {
  int number = -1;
  {
    pipe_ends pipe = make_pipe();
    number = pipe.read.get();
    const descriptor moved = std::move(pipe.read);
    EXPECT_EQ(pipe.read.get(), -1);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(moved.get(), number);
    EXPECT_GE(fcntl(number, F_GETFD), 0);
  }
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

TEST(descriptor, reads_until_a_deadline_or_the_end) {
  pipe_ends pipe = make_pipe();
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(read_until(pipe.read.get(), buffer, clock::now() + 10ms), std::nullopt);
  ASSERT_TRUE(write_all(pipe.write.get(), std::array<std::byte, 3>{}));
  EXPECT_EQ(read_until(pipe.read.get(), buffer, clock::now() + 10s), 3U);
  pipe.write.close();
  EXPECT_EQ(read_until(pipe.read.get(), buffer, clock::now() + 10s), 0U);
}

TEST(descriptor, sends_through_sockets_and_says_when_nobody_reads) {
  socket_ends ends = make_socket_pair();
  std::array<std::byte, 4> received{};
  EXPECT_EQ(receive_now(ends.theirs.get(), received), std::nullopt);
  const std::array<std::byte, 4> sent{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  ASSERT_TRUE(send_all(ends.ours.get(), sent));
  ASSERT_TRUE(receive_all(ends.theirs.get(), received));
  EXPECT_EQ(received, sent);
  ends.ours.close();
  EXPECT_EQ(receive_now(ends.theirs.get(), received), 0U);
  EXPECT_FALSE(receive_all(ends.theirs.get(), received));
  EXPECT_FALSE(send_all(ends.theirs.get(), sent)) << "an error, no SIGPIPE";
  const pipe_ends pipe = make_pipe();
  EXPECT_FALSE(send_all(pipe.write.get(), sent)) << "no socket: a plugin may have put something else there";
}

extern "C" void ignore_signal(int) {}

/// SIGALRM every millisecond, whose handler interrupts system calls.
class interruptions {
 public:
  interruptions() {
    struct sigaction action {};
    action.sa_handler = ignore_signal;  // without SA_RESTART
    sigaction(SIGALRM, &action, &before_);
    const itimerval often{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &often, nullptr);
  }
  ~interruptions() {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }
  interruptions(const interruptions&) = delete;
  interruptions& operator=(const interruptions&) = delete;

 private:
  struct sigaction before_ {};
};

TEST(descriptor, goes_on_where_a_signal_interrupts) {
  const socket_ends ends = make_socket_pair();
  std::string sent(1 << 20U, 'x');
  child_process echo = child_process::fork([&] {
    std::string text(sent.size(), ' ');
    usleep(20000);  // until the sender waits
    receive_all(ends.theirs.get(), std::as_writable_bytes(std::span(text)));
    usleep(20000);  // until the receiver waits
    send_all(ends.theirs.get(), std::as_bytes(std::span(text)));
    usleep(20000);  // until it is waited for
  });
  const interruptions often;
  std::string received(sent.size(), ' ');
  EXPECT_TRUE(send_all(ends.ours.get(), std::as_bytes(std::span(sent))));
  EXPECT_TRUE(receive_all(ends.ours.get(), std::as_writable_bytes(std::span(received))));
  EXPECT_EQ(received, sent);
  EXPECT_EQ(echo.wait().exit_code, 0);
}

}  // namespace
}  // namespace ravine
