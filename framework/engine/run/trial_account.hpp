#pragma once

#include "process/child_process.hpp"
#include "process/crash_note.hpp"
#include "process/message.hpp"
#include "run/executor.hpp"
#include "run/running_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ravine {

/// What a trial in a process of its own tells of itself. It is checked, since a plugin may have written it,
/// and passed on to the listener.
class trial_account {
 public:
  /// All outlive this; the process runs the trial.
  trial_account(const planned_trial& trial, const running_trial& process, run_listener& listener)
      : trial_(trial), process_(process), listener_(listener) {}

  /// Takes what the trial has noted since the last look. Throws bytes_error, as `hear` does, for what no
  /// trial would say: it is lost then.
  void read_log();
  void hear(const message& said);

  /// The result of a trial whose process has ended. Throws as read_log does.
  trial_result ended(const process_end& how);
  /// The result, as far as it is known, of a trial that was ended.
  trial_result cut_off(trial_status status, std::string_view reason);

 private:
  /// What is noted, or is sent where there is no room for notes.
  void take_note(message_kind kind, byte_reader& body);
  void take_evaluation(byte_reader& body);
  void take_curve(byte_reader& body);
  void take_progress(byte_reader& body);
  void take_result(byte_reader& body);
  void check_cost(const cost& spent) const;

  const planned_trial& trial_;
  const running_trial& process_;
  run_listener& listener_;
  trial_result partial_;                ///< evaluations and costs up to now
  std::uint64_t advanced_ = 0;          ///< steps, as the trial has sent them
  std::size_t log_bytes_read_ = 0;      ///< of process_.log()
  std::optional<trial_result> result_;  ///< the trial's own account of its end
  std::optional<crash_note> note_;
};

}  // namespace ravine
