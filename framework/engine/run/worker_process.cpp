#include "run/worker_process.hpp"

#include "train/openblas.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace ravine {
namespace {

constexpr std::uint64_t largest_message = std::uint64_t{1} << 34U;  // checkpoints of large models

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
  use_blas_threads(1);  // what a worker inherits it need not change
  try {
    socket_ends ends = make_socket_pair();
    child_ = child_process::fork([&] { work(ends.theirs.get(), curve_, world); });
    connection_ = std::move(ends.ours);
  } catch (const process_error& problem) {
    throw error(fmt::format("a worker can't be started: {}", problem.reason()));
  }
}

bool worker_process::start(std::uint64_t trial, const kept_checkpoint& from) {
  trial_ = trial;
  began_ = std::chrono::steady_clock::now();
  seconds_before_ = from.seconds;
  curve_.clear();
  const worker_job job{trial, from.bytes.size()};
  return send_all(connection_.get(), std::as_bytes(std::span(&job, 1))) &&
         send_all(connection_.get(), from.bytes);
}

double worker_process::seconds() const {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - began_;
  return seconds_before_ + now.count();
}

std::uint64_t worker_process::memory() const {
  const std::uint64_t now = resident_memory(child_.id());
  return now - std::min(now, memory_before_);
}

bool worker_process::receive() {
  std::array<std::byte, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  const auto count = receive_now(connection_.get(), buffer);
  if (!count) return true;
  received_.insert(received_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  return *count > 0;
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

std::string worker_process::exit_reason() {
  const bool ended = child_.wait_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
  child_.kill();
  const process_end& end = child_.end();
  if (!ended || (end.signal == 0 && end.exit_code == connection_lost)) {
    return "a plugin closed the worker's connection";
  }
  if (end.signal == 0) return fmt::format("a plugin ended the process with status {}", end.exit_code);
  if (end.signal == SIGKILL) return "SIGKILL, which the system sends when its memory runs out";
  return signal_name(end.signal);
}

}  // namespace ravine
