#include "run/worker_process.hpp"

#include "train/blas_threads.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::uint64_t largest_message = std::uint64_t{1} << 34U;  // checkpoints of large models

bool send_all(int connection, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// Resident anonymous memory of a process in bytes; 0 if it can't be told.
std::uint64_t resident_memory(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string word; status >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

worker_process::worker_process(const worker_world& world) : memory_before_(resident_memory(getpid())) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw error(fmt::format("a worker can't be started: {}", std::strerror(errno)));
  }
  use_blas_threads(1);                      // what a worker inherits it need not change
  static_cast<void>(std::fflush(nullptr));  // or the worker would print it a second time
  process_ = fork();
  if (process_ == 0) work(ends[1], curve_, world);
  const int problem = errno;
  close(ends[1]);
  connection_ = ends[0];
  if (process_ < 0) {
    close(connection_);
    throw error(fmt::format("a worker can't be started: {}", std::strerror(problem)));
  }
}

worker_process::~worker_process() {
  kill();
  close(connection_);
}

bool worker_process::start(std::uint64_t trial, const kept_checkpoint& from) {
  trial_ = trial;
  began_ = std::chrono::steady_clock::now();
  seconds_before_ = from.seconds;
  curve_.clear();
  const worker_job job{trial, from.bytes.size()};
  return send_all(connection_, std::as_bytes(std::span(&job, 1))) && send_all(connection_, from.bytes);
}

double worker_process::seconds() const {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - began_;
  return seconds_before_ + now.count();
}

std::uint64_t worker_process::memory() const {
  const std::uint64_t now = resident_memory(process_);
  return now - std::min(now, memory_before_);
}

bool worker_process::receive() {
  std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  const ssize_t count = recv(connection_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  received_.insert(received_.end(), buffer.begin(), buffer.begin() + count);
  return count > 0;
}

std::optional<worker_process::message> worker_process::next() {
  message_header header{};
  if (received_.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, received_.data(), sizeof header);
  if (header.kind < message_kind::advanced || header.kind > message_kind::crashed || header.reserved != 0 ||
      header.size > largest_message) {
    throw message_error("a worker sent what is no message");
  }
  if (received_.size() - sizeof header < header.size) return std::nullopt;
  const auto begin = received_.begin() + sizeof header;
  const auto end = begin + static_cast<std::ptrdiff_t>(header.size);
  message taken{header.kind, {begin, end}};
  received_.erase(received_.begin(), end);
  return taken;
}

bool worker_process::wait(int options) {
  if (process_ < 0) return true;
  pid_t ended = 0;
  do ended = waitpid(process_, &status_, options);
  while (ended < 0 && errno == EINTR);
  if (ended == 0) return false;
  process_ = -1;
  return true;
}

void worker_process::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  wait(0);
}

std::string worker_process::exit_reason() {
  using namespace std::chrono_literals;
  for (auto waited = 0ms; waited < 200ms && !wait(WNOHANG); waited += 1ms) std::this_thread::sleep_for(1ms);
  const bool runs = process_ >= 0;
  kill();
  if (runs || (WIFEXITED(status_) && WEXITSTATUS(status_) == connection_lost)) {
    return "a plugin closed the worker's connection";
  }
  if (!WIFSIGNALED(status_))
    return fmt::format("a plugin ended the process with status {}", WEXITSTATUS(status_));
  if (WTERMSIG(status_) == SIGKILL) return "SIGKILL, which the system sends when its memory runs out";
  return signal_name(WTERMSIG(status_));
}

}  // namespace ravine
