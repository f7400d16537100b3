#include "validate/child.hpp"

#include "byte_stream.hpp"
#include "run/crash_note.hpp"
#include "run/message.hpp"
#include "validate/check.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

using clock = std::chrono::steady_clock;

std::pair<verdict, std::string> judge(const std::function<void()>& body) {
  try {
    body();
    return {verdict::pass, ""};
  } catch (const not_applicable& reason) {
    return {verdict::not_applicable, reason.what()};
  } catch (const std::exception& problem) {
    return {verdict::fail, problem.what()};
  } catch (...) {
    return {verdict::fail, "an exception left the plugin that is not a std::exception"};
  }
}

[[noreturn]] void work(int connection, const std::function<void()>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);    // no child outlives its parent
  dup2(STDERR_FILENO, STDOUT_FILENO);  // what a plugin prints does not mix with the report
  send_crash_notes(connection);
  const auto [ended, reason] = judge(body);
  byte_writer words;
  words << ended << std::string_view(reason);
  const message_header header{message_kind::ended, 0, words.bytes().size()};
  const bool sent = write(connection, &header, sizeof header) == sizeof header &&
                    write(connection, words.bytes().data(), words.bytes().size()) ==
                        static_cast<ssize_t>(words.bytes().size());
  _exit(sent ? 0 : 1);
}

enum class listened { to_the_end, too_long };

/// Takes all that the child says until it ends.
listened listen(int connection, clock::time_point deadline, std::vector<std::byte>& received) {
  std::array<std::byte, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0) return listened::too_long;
    pollfd watched{connection, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t count = read(connection, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return listened::to_the_end;
    received.insert(received.end(), buffer.begin(), buffer.begin() + count);
  }
}

/// What the child said, or what its end tells if it said nothing.
child_outcome understand(std::span<const std::byte> received, int status) {
  child_outcome understood;
  message_header header{};
  if (received.size() >= sizeof header) {
    std::memcpy(&header, received.data(), sizeof header);
    const auto body = received.subspan(sizeof header);
    if (header.kind == message_kind::crashed && body.size() >= sizeof(crash_note)) {
      crash_note note{};
      std::memcpy(&note, body.data(), sizeof note);
      understood.reason = describe(note);
      return understood;
    }
    if (header.kind == message_kind::ended) {
      byte_reader(body) >> understood.ended >> understood.reason;
      return understood;
    }
  }
  understood.reason = WIFSIGNALED(status)
                          ? signal_name(WTERMSIG(status))
                          : fmt::format("the plugin ended the process with status {}", WEXITSTATUS(status));
  return understood;
}

}  // namespace

std::string_view to_string(verdict of) {
  switch (of) {
    case verdict::pass:
      return "pass";
    case verdict::fail:
      return "fail";
    case verdict::not_applicable:
      return "not applicable";
  }
  return "fail";
}

child_outcome run_in_child(const std::function<void()>& body, std::chrono::duration<double> limit) {
  const auto began = clock::now();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw error(fmt::format("a check can't be started: {}", std::strerror(errno)));
  }
  static_cast<void>(std::fflush(nullptr));  // or the child would print it a second time
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    work(ends[1], body);
  }
  const int problem = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    throw error(fmt::format("a check can't be started: {}", std::strerror(problem)));
  }
  std::vector<std::byte> received;
  const auto deadline = began + std::chrono::duration_cast<clock::duration>(limit);
  const listened heard = listen(ends[0], deadline, received);
  close(ends[0]);
  kill(process, SIGKILL);  // one that said nothing for too long, or closed its connection and went on
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  child_outcome outcome;
  if (heard == listened::too_long) {
    outcome.reason = fmt::format("took longer than {:.3g} s", limit.count());
  } else {
    outcome = understand(received, status);
  }
  outcome.seconds = clock::now() - began;
  return outcome;
}

}  // namespace ravine
