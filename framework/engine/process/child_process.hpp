#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace ravine {

/// How a process has ended.
struct process_end {
  int signal = 0;     ///< that ended it; 0: none
  int exit_code = 0;  ///< if signal is 0
};

/// A program to start, with its standard streams.
struct program {
  std::vector<std::string> command;  ///< program and arguments; a name without a slash is looked up in PATH
  std::string executable = {};       ///< the file to start, if it is not the command's first word
  // Descriptors; -1: as in this process.
  int input = -1;
  int output = -1;
  int errors = -1;
  enum class group { ours, own };  ///< Ctrl-C in a terminal reaches the group of this process
  group process_group = group::ours;
};

/// Owns one child of this process: it is killed when this object goes.
class child_process {
 public:
  /// No process.
  child_process() = default;
  /// A fork of this process, which runs `body` and ends with status 0, or before, by _exit. It dies with the
  /// thread that forked it. Call while this process has no other threads that hold locks. Throws
  /// process_error.
  static child_process fork(const std::function<void()>& body);
  /// May be called from any thread. No signal is blocked in the new process. Throws process_error.
  static child_process start(const program& what);

  ~child_process() { kill(); }
  child_process(child_process&& other) noexcept
      : id_(std::exchange(other.id_, -1)), end_(std::exchange(other.end_, {})) {}
  child_process& operator=(child_process&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(end_, other.end_);
    return *this;
  }

  /// -1 once the process has ended.
  pid_t id() const { return id_; }
  /// How it has ended; call once it has.
  const process_end& end() const { return end_; }

  /// Without waiting.
  bool has_ended();
  /// Waits at most until `deadline`: whether it has ended.
  bool wait_until(std::chrono::steady_clock::time_point deadline);
  const process_end& wait();
  /// Ends it, if it has not ended, with SIGKILL; it is gone when this returns.
  void kill();

 private:
  explicit child_process(pid_t id) : id_(id) {}
  /// Takes the end of the process if there is one.
  bool take_end(int options);

  pid_t id_ = -1;
  process_end end_;
};

}  // namespace ravine
