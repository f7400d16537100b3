#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "process/child_process.hpp"
#include "process/crash_note.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"
#include "process/shared_log.hpp"
#include "process/zygote.hpp"
#include "run/executor.hpp"
#include "run/running_trial.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// What a worker has to load for a trial.
struct worker_needs {
  std::vector<std::string> files;  ///< the plugins'
  const dataset* data = nullptr;   ///< null for a landscape

  bool operator==(const worker_needs&) const = default;
};

worker_needs needs_of(const trial_spec& spec, const registry& plugins, const dataset* data);

/// The parent's side of one worker and of the trial that it runs. Their processes are gone when it is.
class worker_process final : public running_trial {
 public:
  /// Throws ravine::error if no process can be started.
  worker_process(std::shared_ptr<zygote> from, worker_needs needs);
  ~worker_process() override { kill(); }
  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;

  const worker_needs& needs() const { return needs_; }

  /// Starts a trial, whose seconds go on from those of the checkpoint. False if the worker is gone.
  bool start(const trial_spec& spec, const kept_checkpoint& from);
  /// What can be read from when something has happened; -1 for what is closed.
  std::array<int, 3> watched() const {
    return {process_.handle.get(), process_.connection.get(), trial_.get()};
  }
  /// Reads what has arrived.
  void receive();
  /// The trial's next message. Throws message_error for one that no trial sends.
  std::optional<message> next() { return messages_.next(); }
  std::span<const std::byte> log() const override { return log_.bytes(); }

  /// How the trial's process has ended; nothing while it runs. All that it has said has arrived by then.
  const std::optional<process_end>& end() const { return end_; }
  std::optional<bool> saw_oom_kill() const override;
  /// What has become of the trial because the worker can't run it, or is gone.
  struct fault {
    trial_status status;
    std::string reason;
  };
  const std::optional<fault>& lost() const { return lost_; }

  /// Asks the trial to end with a checkpoint.
  void ask_to_stop() const;
  /// Ends the worker and its trial.
  void kill();

  double seconds() const override;
  /// Whether the worker has had so much time, see own_time and sandbox_limits, and has not loaded plugins and
  /// data.
  bool loads_for_longer_than(double seconds) const;
  const blas_library& blas() const override { return blas_; }
  /// Whether the trial has taken more memory than so many bytes, shared memory included.
  bool exceeds(std::uint64_t bytes) const;

 private:
  void hear(const message& said);

  std::shared_ptr<zygote> zygote_;
  worker_needs needs_;
  std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
  shared_log log_;
  zygote::started process_;
  message_reader reports_;
  bool is_ready_ = false;
  blas_library blas_;
  std::optional<crash_note> note_;  // of the worker itself
  std::optional<fault> lost_;

  // Of the trial:
  descriptor trial_;
  message_reader messages_;
  pid_t trial_id_ = -1;
  std::optional<process_end> end_;
  std::chrono::steady_clock::time_point began_;
  double seconds_before_ = 0;  // it began
  std::optional<std::uint64_t> oom_kills_before_;
};

/// "SIGSEGV", or what else a process's end tells of a plugin.
std::string describe(const process_end& end);

}  // namespace ravine
