#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ravine {

/// What Slurm says of a task of a job array.
struct task_state {
  std::string state;  ///< "PENDING", "RUNNING", "NODE_FAIL", …
  std::string node;   ///< empty while it waits
  std::string job_name;
  std::string reason;  ///< why it waits
  bool has_ended() const;
  /// Slurm starts it no more by itself, but keeps it: as after a launch that failed.
  bool is_held() const;
};

/// By the array's job and the task's number.
using task_states = std::map<std::pair<std::string, std::uint64_t>, task_state>;

/// A job array.
struct job_array {
  std::string name;
  std::uint64_t tasks = 0;           ///< numbered from 1
  std::string output;                ///< file that a task prints to; %a stands for its number
  std::vector<std::string> command;  ///< of each task
  std::set<std::string> excluded;    ///< nodes
};

/// Slurm, by its commands. All throw ravine::error with what it says; also if the command is missing, or does
/// not answer for a minute.
class slurm {
 public:
  /// `options` are sbatch's, such as "partition=cpu". Throws ravine::error for one that is ours to give.
  explicit slurm(std::vector<std::string> options);

  /// The most tasks of one array, by what is in the queue now.
  std::uint64_t most_tasks() const;
  /// How many tasks of the options' size run at once where nothing else does; 16 if that is not known.
  std::uint64_t tasks_at_once() const;
  /// Cores of a task as far as the options say it, else 1.
  std::uint64_t cores_of_task() const;
  /// Answers its job.
  std::string submit(const job_array& array) const;
  /// Of this user, those that ended a few minutes ago, too. Empty if Slurm does not answer for now.
  std::optional<task_states> states() const;
  /// A job "7", or its task "7_3".
  void cancel(const std::string& job) const;

 private:
  std::optional<std::string> option(std::string_view name) const;

  std::vector<std::string> options_;
};

/// The number after "NAME = " or "NAME=" in what scontrol prints, the smallest if there are several; nothing
/// if there is none, or no limit.
std::optional<std::uint64_t> slurm_limit(std::string_view text, std::string_view name);
/// What squeue printed in slurm::states' format.
task_states task_states_from(const std::string& text);

}  // namespace ravine
