#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace ravine {

/// How a job in a process of its own has ended.
struct sandbox_outcome {
  enum class how : std::uint8_t {
    answered,  ///< `text` is the answer
    threw,     ///< `text` is what() of the exception
    crashed,   ///< by a signal; `text` names it and, where that is known, the place, on several lines
    left,      ///< a plugin ended the process; `text` says with which status
    timed_out  ///< `text` says after how long
  };
  how ended = how::crashed;
  std::string text;
  std::chrono::duration<double> seconds{};
};

/// Runs `job` in a process forked from this one, so that a plugin that crashes or hangs costs the answer
/// alone. Throws ravine::error if no process can be started. Call while this process has no other threads.
sandbox_outcome try_in_sandbox(const std::function<std::string()>& job, std::chrono::duration<double> limit);

/// The answer alone. Throws ravine::error with the job's own message if it threw, or with what became of its
/// process.
std::string in_sandbox(const std::function<std::string()>& job, double most_seconds);

}  // namespace ravine
