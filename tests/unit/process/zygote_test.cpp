#include "process/zygote.hpp"

#include "process/descendants.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

bool is_there(pid_t process) { return kill(process, 0) == 0; }

/// Whether the process is gone, at once or a little later.
bool goes(pid_t process) {
  for (int i = 0; i < 500 && is_there(process); ++i) usleep(10'000);
  return !is_there(process);
}

pid_t receive_id(const descriptor& connection) {
  pid_t id = 0;
  EXPECT_TRUE(receive_all(connection.get(), std::as_writable_bytes(std::span(&id, 1))));
  return id;
}

void send_id(const descriptor& connection, pid_t id) {
  send_all(connection.get(), std::as_bytes(std::span(&id, 1)));
}

/// A process that leaves a child behind which has cut all ties, tells its id, and waits.
void leave_a_child(descriptor connection) {
  const pid_t between = fork();
  if (between == 0) {
    setsid();
    prctl(PR_SET_PDEATHSIG, 0);
    const pid_t left = fork();
    if (left != 0) {
      send_id(connection, left);
      _exit(0);
    }
    for (;;) pause();
  }
  waitpid(between, nullptr, 0);
  for (;;) pause();
}

TEST(zygote, runs_the_body_in_processes_that_are_not_this_one) {
  zygote from([](descriptor connection) { send_id(connection, getpid()); });
  const zygote::started one = from.start();
  const zygote::started other = from.start();
  EXPECT_EQ(receive_id(one.connection), one.id);
  EXPECT_EQ(receive_id(other.connection), other.id);
  EXPECT_NE(one.id, other.id);
  const process_end end = from.end(one.id);
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THROW(from.end(one.id), process_error) << "its number may belong to another process by now";
}

TEST(zygote, hands_over_nothing_that_this_process_has_opened_later) {
  zygote from([](descriptor connection) {
    pid_t open_ones = 0;
    for (int each = 0; each < 64; ++each) open_ones += fcntl(each, F_GETFD) >= 0 ? 1 : 0;
    send_id(connection, open_ones);
  });
  std::array<pipe_ends, 8> later;
  for (pipe_ends& each : later) each = make_pipe();
  const zygote::started one = from.start();
  EXPECT_EQ(receive_id(one.connection), 4) << "the standard streams and the connection";
}

TEST(zygote, has_no_memory_that_this_process_shares_with_others) {
  void* const place = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(place, MAP_FAILED);
  zygote from([place](descriptor connection) {
    const bool is_mapped = msync(place, 4096, MS_ASYNC) == 0;  // or ENOMEM
    send_id(connection, is_mapped ? 1 : 2);
  });
  EXPECT_EQ(msync(place, 4096, MS_ASYNC), 0) << "it is here";
  const zygote::started one = from.start();
  EXPECT_EQ(receive_id(one.connection), 2) << "but not there";
  munmap(place, 4096);
}

TEST(zygote, tells_at_once_that_a_process_has_ended_whoever_holds_its_connection) {
  zygote from([](descriptor connection) {
    if (fork() == 0) {
      setsid();
      sleep(20);
      _exit(0);
    }
    send_id(connection, 1);
    raise(SIGKILL);
  });
  const zygote::started one = from.start();
  receive_id(one.connection);
  pollfd ended{one.handle.get(), POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, 5'000), 1);
  EXPECT_EQ(from.end(one.id).signal, SIGKILL);
}

TEST(zygote, kills_what_a_process_leaves_behind_with_it) {
  zygote from(leave_a_child);
  const zygote::started one = from.start();
  const zygote::started other = from.start();
  const pid_t left = receive_id(one.connection);
  const pid_t left_by_other = receive_id(other.connection);
  ASSERT_TRUE(is_there(left));
  from.end(one.id);
  EXPECT_FALSE(is_there(one.id));
  EXPECT_FALSE(is_there(left));
  EXPECT_TRUE(is_there(other.id)) << "which goes on";
  from.end(other.id);
  EXPECT_FALSE(is_there(left_by_other));
}

TEST(zygote, leaves_nothing_behind_when_it_goes) {
  pid_t id = 0;
  pid_t left = 0;
  {
    zygote from(leave_a_child);
    const zygote::started one = from.start();
    id = one.id;
    left = receive_id(one.connection);
  }
  EXPECT_FALSE(is_there(id));
  EXPECT_FALSE(is_there(left));
}

TEST(zygote, leaves_nothing_behind_when_this_process_is_killed) {
  pipe_ends told = make_pipe();
  child_process parent = child_process::fork([&] {
    zygote from(leave_a_child);
    const zygote::started one = from.start();
    const std::array<pid_t, 2> ids{one.id, receive_id(one.connection)};
    write_all(told.write.get(), std::as_bytes(std::span(ids)));
    for (;;) pause();
  });
  std::array<pid_t, 2> ids{};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  ASSERT_EQ(read_until(told.read.get(), std::as_writable_bytes(std::span(ids)), deadline), sizeof ids);
  for (const pid_t each : ids) ASSERT_TRUE(is_there(each));
  parent.kill();
  for (const pid_t each : ids) EXPECT_TRUE(goes(each));
}

TEST(zygote, is_not_ended_by_what_a_terminal_sends_to_all) {
  zygote from([](descriptor connection) { send_id(connection, getppid()); });
  const zygote::started first = from.start();
  const pid_t id = receive_id(first.connection);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) kill(id, signal);
  const zygote::started second = from.start();
  EXPECT_EQ(receive_id(second.connection), id);
}

}  // namespace
}  // namespace ravine
