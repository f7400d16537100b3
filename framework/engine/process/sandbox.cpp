#include "process/sandbox.hpp"

#include "core/error.hpp"
#include "process/crash_note.hpp"
#include "process/message.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
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
using how = sandbox_outcome::how;

void put(int connection, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(connection, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(1);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

[[noreturn]] void work(int connection, const std::function<std::string()>& job) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // no child outlives its parent
  static_cast<void>(std::signal(SIGINT, SIG_IGN));
  dup2(STDERR_FILENO, STDOUT_FILENO);  // what plugins print does not mix with results
  send_crash_notes(connection);
  byte_writer words;
  try {
    const std::string answer = job();
    words << how::answered << std::string_view(answer);
  } catch (const std::exception& problem) {
    words << how::threw << std::string_view(problem.what());
  } catch (...) {
    words << how::threw << std::string_view("an exception left the plugin that is not a std::exception");
  }
  const message_header header{message_kind::ended, 0, words.bytes().size()};
  put(connection, std::as_bytes(std::span(&header, 1)));
  put(connection, words.bytes());
  _exit(0);
}

enum class listened { to_the_end, too_long };

/// Takes all that the child says until it ends, or closes its connection.
listened listen(int connection, clock::time_point deadline, std::vector<std::byte>& received) {
  std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0) return listened::too_long;
    pollfd watched{connection, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t count = read(connection, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return listened::to_the_end;
    received.insert(received.end(), buffer.begin(), buffer.begin() + count);
  }
}

sandbox_outcome from_note(std::span<const std::byte> body) {
  crash_note note{};
  std::memcpy(&note, body.data(), sizeof note);
  return {note.signal == 0 ? how::left : how::crashed, describe(note)};
}

/// False for what a plugin has written into the connection itself.
bool is_read(std::span<const std::byte> body, sandbox_outcome& said) {
  try {
    byte_reader(body) >> said.ended >> said.text;
    return said.ended == how::answered || said.ended == how::threw;
  } catch (const bytes_error&) {
    return false;
  }
}

/// What the child said, or what its end tells if it said nothing.
sandbox_outcome guarded(std::span<const std::byte> received, int status) {
  message_header header{};
  if (received.size() >= sizeof header) {
    std::memcpy(&header, received.data(), sizeof header);
    const auto body = received.subspan(sizeof header);
    if (header.kind == message_kind::crashed && body.size() >= sizeof(crash_note)) return from_note(body);
    sandbox_outcome said;
    if (header.kind == message_kind::ended && body.size() == header.size && is_read(body, said)) return said;
  }
  if (WIFSIGNALED(status)) return {how::crashed, signal_name(WTERMSIG(status))};
  return {how::left, fmt::format("a plugin ended the process with status {}", WEXITSTATUS(status))};
}

}  // namespace

sandbox_outcome try_in_sandbox(const std::function<std::string()>& job, std::chrono::duration<double> limit) {
  const auto began = clock::now();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw error(fmt::format("a process can't be started: {}", std::strerror(errno)));
  }
  static_cast<void>(std::fflush(nullptr));  // or the child would print it a second time
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    work(ends[1], job);
  }
  const int problem = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    throw error(fmt::format("a process can't be started: {}", std::strerror(problem)));
  }
  std::vector<std::byte> received;
  const auto deadline = began + std::chrono::duration_cast<clock::duration>(limit);
  bool late = listen(ends[0], deadline, received) == listened::too_long;
  close(ends[0]);
  if (late) kill(process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (!late && clock::now() >= deadline) {  // it closed its connection and went on
      late = true;
      kill(process, SIGKILL);
    }
    poll(nullptr, 0, 1);
  }
  sandbox_outcome outcome =
      late ? sandbox_outcome{how::timed_out, fmt::format("took longer than {:.3g} s", limit.count())}
           : guarded(received, status);
  outcome.seconds = clock::now() - began;
  return outcome;
}

std::string in_sandbox(const std::function<std::string()>& job, double most_seconds) {
  sandbox_outcome outcome = try_in_sandbox(job, std::chrono::duration<double>(most_seconds));
  const std::string first_line = outcome.text.substr(0, outcome.text.find('\n'));
  switch (outcome.ended) {
    case how::answered:
      return std::move(outcome.text);
    case how::crashed:
      throw error("a plugin crashed: " + first_line);
    case how::left:
      throw error(first_line);
    case how::timed_out:
      throw error("a plugin " + first_line);
    case how::threw:
      break;
  }
  throw error(outcome.text);
}

}  // namespace ravine
