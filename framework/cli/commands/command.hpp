#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ravine::cli {

/// What the program answers to its shell.
enum class exit_status : int { ok = 0, trial_failed = 1, usage = 2, interrupted = 130 };

/// One word after `ravine`.
struct command {
  std::string_view name;
  std::string_view summary;
  /// Gets what follows the command's name. Throws usage_error for wrong arguments, ravine::error otherwise.
  exit_status (*run)(std::span<const std::string> arguments);
};

extern const command run_command;
extern const command task_command;
extern const command compare_command;
extern const command report_command;
extern const command slice_command;
extern const command merge_command;
extern const command explore_command;
extern const command trace_command;
extern const command lr_find_command;
extern const command plugins_command;
extern const command data_command;
extern const command bench_command;
extern const command schema_command;

}  // namespace ravine::cli
