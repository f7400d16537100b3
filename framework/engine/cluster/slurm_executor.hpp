#pragma once

#include "cluster/slurm.hpp"
#include "run/executor.hpp"
#include "store/store.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

struct slurm_settings {
  std::string experiment;                 ///< name
  std::filesystem::path folder;           ///< shared by all machines, for the files of the parts
  std::vector<std::string> options = {};  ///< of sbatch: "partition=cpu", "time=2:00:00"
  std::vector<std::string> task = {};     ///< what a task runs; the file of its trials comes last
  bool same_processor = false;            ///< see part_task
};

/// Runs trials as tasks of Slurm. Missing trials are cut into parts of about equal cost and submitted as one
/// job array; each task runs its part into a file of its own, from where the trials are taken into the
/// results. What a command leaves, because it was ended, the next one takes up: parts that have arrived, and
/// jobs that still run.
class slurm_executor : public executor {
 public:
  /// All outlive this. `here` knows the data. Throws ravine::error for options that are ours to give.
  slurm_executor(slurm_settings asked, store& results, executor& here);

  void prepare(std::span<const planned_trial> trials) override { here_.prepare(trials); }
  std::string data_digest(const data_request& request) override { return here_.data_digest(request); }
  /// Throws ravine::error where Slurm refuses, or the shared folder can't be written to.
  void run(const trial_list& trials, run_listener& listener) override;

  /// Call when the experiment has ended: takes away the folder, unless it holds something to be read.
  void forget_folder() const;

  /// Job arrays that were submitted, altogether.
  std::uint64_t submitted() const { return submitted_; }
  /// Jobs that were left to run when the listener asked to stop.
  const std::vector<std::string>& left() const { return left_; }

 private:
  slurm_settings settings_;
  slurm scheduler_;
  store& results_;
  executor& here_;
  std::uint64_t submitted_ = 0;
  std::vector<std::string> left_;
};

}  // namespace ravine
