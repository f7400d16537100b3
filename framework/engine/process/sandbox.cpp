#include "process/sandbox.hpp"

#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"
#include "process/own_time.hpp"
#include "process/resources.hpp"
#include "process/sandbox_child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <optional>
#include <span>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ravine {
namespace {

using clock = std::chrono::steady_clock;
using how = sandbox_outcome::how;

sandbox_outcome from_note(std::span<const std::byte> body) {
  crash_note note{};
  std::memcpy(&note, body.data(), sizeof note);
  return {.ended = note.signal == 0 ? how::left : how::crashed,
          .text = describe(note),
          .signal = note.signal,
          .note = std::make_shared<const crash_note>(note)};
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
  if (end.signal != 0) return {.ended = how::crashed, .text = signal_name(end.signal), .signal = end.signal};
  if (end.exit_code == connection_lost_status) {
    return {.ended = how::left, .text = "a plugin closed the connection of its process"};
  }
  return {.ended = how::left,
          .text = fmt::format("a plugin ended the process with status {}", end.exit_code)};
}

/// One job in its process.
class sandbox {
 public:
  sandbox(std::size_t number, const std::function<std::string()>& job, const sandbox_limits& limits)
      : number_(number), limits_(limits) {
    pipe_ends ends = make_pipe();
    child_ = child_process::fork([&] { work_in_sandbox(ends.write.get(), job, limits); });
    setpgid(child_.id(), child_.id());  // as the child does, whoever comes first
    connection_ = std::move(ends.read);
    fcntl(connection_.get(), F_SETFL, O_NONBLOCK);
    end_ = descriptor(static_cast<int>(syscall(SYS_pidfd_open, child_.id(), 0)));
    if (end_.get() < 0) throw process_error(errno);
  }
  ~sandbox() { end_group(); }
  sandbox(const sandbox&) = delete;
  sandbox& operator=(const sandbox&) = delete;

  std::size_t number() const { return number_; }
  /// When to look at how much time it has had.
  clock::time_point next_look() const { return next_look_; }
  clock::time_point slow_from() const {
    return std::min(next_look_, began_ + std::chrono::milliseconds(500));
  }
  /// What to wait for: words, and the end of the process, which a plugin can't hide by closing its connection
  /// or by handing it on.
  std::array<pollfd, 2> watched() const {
    return {pollfd{closed_ ? -1 : connection_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
  }

  /// Takes what there is to read; false if the child says more than it may.
  bool listen() {
    std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
    for (;;) {
      const ssize_t count = read(connection_.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      closed_ = count == 0 || (count < 0 && errno != EAGAIN);
      if (count <= 0) return true;
      received_.insert(received_.end(), buffer.begin(), buffer.begin() + count);
      if (received_.size() > limits_.answer + sizeof(message_header) + sizeof(crash_note)) return false;
    }
  }

  /// What became of the job, if that is clear: `process_ended` as poll has seen it.
  std::optional<sandbox_outcome> outcome(bool process_ended) {
    std::optional<sandbox_outcome> found;
    if (!listen()) {
      found = {.ended = how::overflowed,
               .text = fmt::format("answered more than {} MiB", limits_.answer >> 20U)};
    } else if (!process_ended && clock::now() >= next_look_) {
      found = time_out();
    }
    if (!found && !process_ended) return std::nullopt;
    end_group();
    if (!found) found = outcome_of(received_, child_.end());
    found->seconds = clock::now() - began_;
    return found;
  }

 private:
  using seconds = std::chrono::duration<double>;

  /// If it has had all its time; else looks again when it may have.
  std::optional<sandbox_outcome> time_out() {
    const clock::time_point now = clock::now();
    const seconds elapsed = now - began_, longest = sandbox_limits::patience * limits_.time;
    const seconds left = limits_.time - own_time(child_.id(), elapsed);
    if (left <= seconds(0)) {
      return sandbox_outcome{.ended = how::timed_out,
                             .text = fmt::format("took longer than {:.3g} s", limits_.time.count())};
    }
    if (elapsed >= longest) {
      return sandbox_outcome{
          .ended = how::starved,
          .text = fmt::format("got less than {:.3g} of {:.3g} s: the machine is too busy; try "
                              "again when it is less so",
                              limits_.time.count(), longest.count())};
    }
    constexpr seconds least(0.01);
    next_look_ = now + std::chrono::ceil<clock::duration>(std::clamp(left, least, longest - elapsed + least));
    return std::nullopt;
  }

  /// The group goes while the child is there, be it as a zombie, so that its number belongs to nobody else.
  void end_group() {
    if (child_.id() >= 0) ::kill(-child_.id(), SIGKILL);
    child_.kill();
  }

  std::size_t number_;
  sandbox_limits limits_;
  clock::time_point began_ = clock::now();
  clock::time_point next_look_ = began_ + std::chrono::duration_cast<clock::duration>(limits_.time);
  child_process child_;
  descriptor connection_;
  descriptor end_;  // a pidfd
  std::vector<std::byte> received_;
  bool closed_ = false;
};

/// Several at work.
class sandboxes {
 public:
  bool are_done() const { return running_.empty(); }
  /// Whether one more may begin: a job for each core, without those that have not ended for a while, which
  /// hang rather than work.
  bool have_room() const {
    const auto working = std::ranges::count_if(
        running_, [now = clock::now()](const sandbox& each) { return now < each.slow_from(); });
    return static_cast<std::size_t>(working) < cores_ && running_.size() < most_at_once;
  }
  void begin(std::size_t number, const std::function<std::string()>& job, const sandbox_limits& limits) {
    running_.emplace_back(number, job, limits);
  }

  /// Waits for something to happen in any of them; keeps what became of those that have ended.
  void wait(std::vector<sandbox_outcome>& outcomes) {
    const std::vector<bool> ended = wait_for_ends();
    std::size_t place = 0;
    running_.remove_if([&](sandbox& each) {
      std::optional<sandbox_outcome> outcome = each.outcome(ended[place++]);
      if (!outcome) return false;
      outcomes[each.number()] = *std::move(outcome);
      return true;
    });
  }

 private:
  static constexpr std::size_t most_at_once = 64;

  /// Which of the processes have ended, in their order.
  std::vector<bool> wait_for_ends() const {
    std::vector<pollfd> watched;
    const clock::time_point now = clock::now();
    clock::time_point next = clock::time_point::max();
    for (const sandbox& each : running_) {
      next = std::min(next, now < each.slow_from() ? each.slow_from() : each.next_look());
      for (const pollfd& one : each.watched()) watched.push_back(one);
    }
    using std::chrono::milliseconds;
    constexpr milliseconds longest = std::chrono::hours(1);  // poll counts in an int
    const auto left = std::clamp(std::chrono::ceil<milliseconds>(next - now), milliseconds(0), longest);
    const bool happened = poll(watched.data(), watched.size(), static_cast<int>(left.count())) > 0;
    std::vector<bool> ended;
    for (std::size_t i = 1; i < watched.size(); i += 2) {
      ended.push_back(happened && watched[i].revents != 0);
    }
    return ended;
  }

  std::size_t cores_ = granted_resources().cores;
  std::list<sandbox> running_;
};

}  // namespace

std::string failure_of(const sandbox_outcome& outcome) {
  std::string first_line = outcome.text.substr(0, outcome.text.find('\n'));
  switch (outcome.ended) {
    case how::crashed:
      return "a plugin crashed: " + first_line;
    case how::timed_out:
    case how::starved:
    case how::overflowed:
      return "a plugin " + first_line;
    case how::left:
      return first_line;
    case how::answered:
    case how::threw:
      break;
  }
  return outcome.text;
}

std::vector<sandbox_outcome> try_in_sandboxes(std::size_t count,
                                              const std::function<std::string(std::size_t)>& job,
                                              const sandbox_limits& limits) {
  prepare_confinement();
  std::vector<sandbox_outcome> outcomes(count);
  sandboxes running;
  for (std::size_t begun = 0; begun < count || !running.are_done();) {
    for (; begun < count && running.have_room(); ++begun) {
      running.begin(
          begun, [&job, begun] { return job(begun); }, limits);
    }
    running.wait(outcomes);
  }
  return outcomes;
}

sandbox_outcome try_in_sandbox(const std::function<std::string()>& job, const sandbox_limits& limits) {
  return try_in_sandboxes(
             1, [&](std::size_t) { return job(); }, limits)
      .front();
}

std::string in_sandbox(const std::function<std::string()>& job, double most_seconds) {
  sandbox_outcome outcome = try_in_sandbox(job, {.time = std::chrono::duration<double>(most_seconds)});
  if (outcome.ended != how::answered) throw error(failure_of(outcome));
  return std::move(outcome.text);
}

}  // namespace ravine
