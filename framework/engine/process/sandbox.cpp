#include "process/sandbox.hpp"

#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/confinement.hpp"
#include "process/crash_note.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace ravine {
namespace {

using clock = std::chrono::steady_clock;
using how = sandbox_outcome::how;

[[noreturn]] void work(int connection, const std::function<std::string()>& job) {
  static_cast<void>(std::signal(SIGINT, SIG_IGN));
  dup2(STDERR_FILENO, STDOUT_FILENO);  // what plugins print does not mix with results
  send_crash_notes(connection);
  byte_writer words;
  try {
    confine(confined_for::running);
    const std::string answer = job();
    words << how::answered << std::string_view(answer);
  } catch (const std::exception& problem) {
    words << how::threw << std::string_view(problem.what());
  } catch (...) {
    words << how::threw << std::string_view("an exception left the plugin that is not a std::exception");
  }
  const message_header header{message_kind::ended, 0, words.bytes().size()};
  const bool told =
      write_all(connection, std::as_bytes(std::span(&header, 1))) && write_all(connection, words.bytes());
  _exit(told ? 0 : 1);
}

enum class listened { to_the_end, too_long };

/// Takes all that the child says until it ends, or closes its connection.
listened listen(int connection, clock::time_point deadline, std::vector<std::byte>& received) {
  std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  for (;;) {
    const auto count = read_until(connection, buffer, deadline);
    if (!count) return listened::too_long;
    if (*count == 0) return listened::to_the_end;
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
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
sandbox_outcome outcome_of(std::span<const std::byte> received, const process_end& end) {
  message_header header{};
  if (received.size() >= sizeof header) {
    std::memcpy(&header, received.data(), sizeof header);
    const auto body = received.subspan(sizeof header);
    if (header.kind == message_kind::crashed && body.size() >= sizeof(crash_note)) return from_note(body);
    sandbox_outcome said;
    if (header.kind == message_kind::ended && body.size() == header.size && is_read(body, said)) return said;
  }
  if (end.signal != 0) return {how::crashed, signal_name(end.signal)};
  return {how::left, fmt::format("a plugin ended the process with status {}", end.exit_code)};
}

}  // namespace

sandbox_outcome try_in_sandbox(const std::function<std::string()>& job, std::chrono::duration<double> limit) {
  prepare_confinement();
  const auto began = clock::now();
  const auto deadline = began + std::chrono::duration_cast<clock::duration>(limit);
  pipe_ends connection = make_pipe();
  child_process child = child_process::fork([&] {
    connection.read.close();
    work(connection.write.get(), job);
  });
  connection.write.close();
  std::vector<std::byte> received;
  // A plugin may close the connection and go on.
  const bool in_time =
      listen(connection.read.get(), deadline, received) == listened::to_the_end && child.wait_until(deadline);
  child.kill();
  sandbox_outcome outcome =
      in_time ? outcome_of(received, child.end())
              : sandbox_outcome{how::timed_out, fmt::format("took longer than {:.3g} s", limit.count())};
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
