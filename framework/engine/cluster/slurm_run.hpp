#pragma once

#include "cluster/parts_out.hpp"
#include "cluster/slurm.hpp"
#include "cluster/slurm_executor.hpp"
#include "run/executor.hpp"
#include "store/store.hpp"
#include "trial/trial_list.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ravine {

/// One call of slurm_executor::run.
class slurm_run {
 public:
  slurm_run(const slurm_settings& asked, const slurm& scheduler, store& results, run_listener& listener)
      : settings_(asked), slurm_(scheduler), results_(results), listener_(listener) {}

  void run(const trial_list& trials);

  std::uint64_t submitted() const { return submitted_; }
  const std::vector<std::string>& left() const { return left_; }

 private:
  using clock = std::chrono::steady_clock;

  /// Goes on with what earlier commands have left: takes parts in, and waits for those that still run.
  /// Answers the hashes of the trials that are waited for.
  std::unordered_set<std::string> take_up(const trial_list& trials);
  void take_up(const array_files& files, const task_states& states,
               const std::unordered_set<std::string>& wanted, std::unordered_set<std::string>& waited_for);
  /// What another build has left can be taken, but not waited for.
  void end_other_build(const array_files& files, std::uint64_t parts, const task_states& states,
                       const std::string& why);
  /// As the command that submitted it has noted, or by its name; empty if there is none.
  std::string job_of(const array_files& files, const task_states& states) const;

  void keep_processor();
  std::uint64_t parts_wanted(double seconds, bool are_seconds, std::uint64_t trials) const;
  void submit_fresh(const trial_list& trials);
  /// At most as many as Slurm takes now: the others wait until some have ended.
  void submit(std::vector<trial_list> parts);
  void submit_array(std::vector<trial_list> parts);
  /// Where a trial has a checkpoint, its next task goes on from there.
  void pass_on_checkpoints(part_out& part);

  void take_in();
  /// Whether the part is complete now.
  bool take(part_out& part);
  void set_aside(part_out& part, const std::string& why);
  void look_at_jobs();
  /// By Slurm's account, where no more results of the part are to be expected. `task`: nullptr if Slurm
  /// knows it no more.
  static bool has_ended(part_out& part, const task_state* task, clock::time_point now);
  void note_sound_nodes(const task_states& states);
  /// What becomes of the trials of a part that came to an end without some of them.
  void recover(const part_out& part);
  void recover_refused(const part_out& part, trial_list left);
  void recover_lost(const part_out& part, const trial_list& left);
  void submit_again_in_pieces(const trial_list& left, std::uint64_t pieces);

  /// Waits for a moment. False if the listener asked to stop, after what it asked for has been done.
  bool go_on();
  void leave();
  void cancel_all();
  /// A job, or a task of it.
  void cancel_if_it_runs(const std::string& job);
  std::set<std::string> jobs_out() const;
  void pause();
  void report();
  /// Each text once.
  void tell(const std::string& what);

  const slurm_settings& settings_;
  const slurm& slurm_;
  store& results_;
  run_listener& listener_;

  std::vector<part_out> out_;
  std::vector<trial_list> again_;  // parts that wait to be submitted
  std::vector<array_files> arrays_;
  std::unordered_map<std::string, unsigned> losses_;  // by the trial's hash
  node_record nodes_;
  std::set<std::string> told_;
  std::map<trial_status, std::uint64_t> ended_;  // since the last report
  clock::duration pause_ = std::chrono::milliseconds(100);
  clock::time_point next_look_ = clock::now() + std::chrono::seconds(1);
  std::uint64_t submitted_ = 0;
  std::vector<std::string> left_;
};

}  // namespace ravine
