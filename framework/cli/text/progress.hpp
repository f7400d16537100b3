#pragma once

#include "process/interrupt.hpp"
#include "run/executor.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace ravine::cli {

/// Where trials run.
enum class run_place { here, on_cluster };

/// Shows on standard error how far a run is: a bar on a terminal, else a line per trial, and lines on a long
/// one while it runs. Passes on Ctrl-C.
class progress : public run_listener {
 public:
  /// Of so many trials in all; `tuning_metric` judges search trials.
  explicit progress(std::size_t trials, std::string tuning_metric = "", run_place place = run_place::here);
  /// So many have results, of this run or an earlier one.
  void set_ended(std::size_t count) { ended_ = count; }
  /// Takes the bar off the terminal.
  void clear();
  ~progress() override;
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void trial_began(const planned_trial& trial) override;
  void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                      double loss) override;
  void trial_ended(const planned_trial& trial, const trial_result& result) override;
  void parts_advanced(const parts_progress& now) override;
  void checkpoint_ignored(const planned_trial& trial, const std::string& why) override;
  void noticed(const std::string& what) override { say(what); }
  command next() override;

 private:
  using clock = std::chrono::steady_clock;

  /// Where nothing is drawn: after 5 s without a line, then after twice as long each time.
  void tell_of_long(const planned_trial& trial, double share, const std::string& detail);
  void draw(const planned_trial& trial, double share, const std::string& detail);
  /// `share` of a trial is done besides those that have ended.
  void draw(const std::string& what, double share);
  /// "[12/1,020]".
  std::string ended_of_all() const;
  /// Prints a line that stays, above the bar.
  void say(const std::string& line);

  std::size_t trials_;
  std::string tuning_metric_;
  run_place place_;
  std::size_t ended_ = 0;
  std::size_t run_ = 0;  // of these, by this run
  bool terminal_;
  bool drawn_ = false;
  interruption heard_ = interruption::none;  // what was answered last
  clock::time_point began_ = clock::now();
  std::map<std::string, clock::time_point> trials_began_;  // of those that run, by hash
  clock::time_point last_drawn_{};
  clock::time_point last_told_ = clock::now();  // anything that stays
  clock::duration silence_;                     // before the next line on a long trial
};

/// "beale · adam · lr=0.1 · repetition 3", with the searched values if there are any; "… · search repetition
/// 1" of what tuning tries.
std::string trial_name(const trial_spec& spec);

}  // namespace ravine::cli
