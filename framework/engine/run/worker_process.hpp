#pragma once

#include "process/child_process.hpp"
#include "process/crash_note.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"
#include "process/shared_log.hpp"
#include "run/executor.hpp"
#include "run/worker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// The parent's side of one worker: a process forked from this one. Killed when this object goes.
class worker_process {
 public:
  /// Forks. Call while this process has no other threads that hold locks. Throws ravine::error.
  explicit worker_process(const worker_world& world);

  int connection() const { return connection_.get(); }

  /// Starts a trial, whose seconds go on from those of the checkpoint. False if the worker is gone.
  bool start(std::uint64_t trial, const kept_checkpoint& from);
  /// The trial in progress; empty if the worker waits for one.
  std::optional<std::uint64_t> trial() const { return trial_; }
  double seconds() const;
  /// Bytes of private memory beyond what this process had when it forked.
  std::uint64_t memory() const;

  struct message {
    message_kind kind;
    std::vector<std::byte> body;
  };
  /// Reads what has arrived. False at the end of the connection.
  bool receive();
  /// The next message that has arrived whole. Throws message_error for one that no worker sends.
  std::optional<message> next();
  /// The trial has ended well, and the worker waits.
  void set_idle() { trial_.reset(); }

  /// The evaluations of the trial up to now, as the worker has noted them; what is sent comes after these.
  std::span<const std::byte> curve() const { return curve_.bytes(); }

  void kill() { child_.kill(); }
  /// Why the connection has ended, as far as the process's end tells; kills it if it still runs.
  std::string exit_reason();

 private:
  shared_log curve_;
  descriptor connection_;
  child_process child_;
  std::optional<std::uint64_t> trial_;
  std::chrono::steady_clock::time_point began_;
  double seconds_before_ = 0;  // it began
  std::uint64_t memory_before_;
  std::vector<std::byte> received_;
};

}  // namespace ravine
