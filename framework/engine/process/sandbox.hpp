#pragma once

#include "process/confinement.hpp"
#include "process/crash_note.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// What a job in a process of its own may take.
struct sandbox_limits {
  std::chrono::duration<double> time;  ///< of its own, see own_time
  /// So many times as much may pass by the clock, however busy the machine is.
  static constexpr double patience = 30;
  std::size_t memory = std::size_t{4} << 30U;   ///< bytes of address space beyond this process's; 0: any
  std::size_t answer = std::size_t{64} << 20U;  ///< bytes
  /// What plugins print goes to standard error, or is dropped.
  enum class printing { to_standard_error, dropped };
  printing prints = printing::to_standard_error;
  confined_for confined = confined_for::running;  ///< loading: the job runs jobs in sandboxes itself
};

/// How a job in a process of its own has ended.
struct sandbox_outcome {
  enum class how : std::uint8_t {
    answered,   ///< `text` is the answer
    threw,      ///< `text` is what() of the exception
    crashed,    ///< by a signal; `text` names it and, where that is known, the place, on several lines
    left,       ///< a plugin ended the process; `text` says with which status
    timed_out,  ///< `text` says after how long
    starved,    ///< the machine was too busy to tell whether it would have ended; `text` says so
    overflowed  ///< `text` says how long an answer may be
  };
  how ended = how::crashed;
  std::string text;
  int signal = 0;  ///< if it crashed
  /// What `text` was made of, if the process said how it ended: a confined process can't look up places, and
  /// hands it to one that can, which describes it again.
  std::shared_ptr<const crash_note> note = {};
  std::chrono::duration<double> seconds{};
};

/// What went wrong, in one line with a plugin as its subject: "a plugin crashed: SIGKILL"; the exception's
/// own words if the job threw. Not for an answer.
std::string failure_of(const sandbox_outcome& outcome);

/// Runs `job` in a process forked from this one, so that a plugin that crashes or hangs costs the answer
/// alone: it has no descriptor of this process but standard error, and its process group ends with it. Throws
/// ravine::error if no process can be started. Call while this process has no other threads.
sandbox_outcome try_in_sandbox(const std::function<std::string()>& job, const sandbox_limits& limits);

/// The same for job(0) … job(count - 1), several side by side: what became of each.
std::vector<sandbox_outcome> try_in_sandboxes(std::size_t count,
                                              const std::function<std::string(std::size_t)>& job,
                                              const sandbox_limits& limits);

/// The answer alone. Throws ravine::error with failure_of.
std::string in_sandbox(const std::function<std::string()>& job, double most_seconds);

}  // namespace ravine
