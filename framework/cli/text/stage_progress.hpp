#pragma once

#include "text/progress.hpp"
#include "tuning/run_experiment.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace ravine::cli {

/// Shows the progress of all stages as one, and sums up how the trials of each ended.
class stage_progress : public experiment_listener {
 public:
  /// `file` is where results go; `trials` are all of the experiment, with those that tuning will add.
  stage_progress(std::string file, run_place place, std::size_t trials)
      : file_(std::move(file)), place_(place), trials_(trials) {}

  void stage_began(const plan& stage, std::size_t missing) override;
  void data_unknown(const plan& stage, std::size_t count) override;
  void trial_began(const planned_trial& trial) override { shown_->trial_began(trial); }
  void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                      double loss) override {
    shown_->trial_advanced(trial, spent, planned_steps, loss);
  }
  void trial_ended(const planned_trial& trial, const trial_result& result) override;
  void trial_went_on(const planned_trial& trial, const cost& from) override;
  void parts_advanced(const parts_progress& now) override;
  void checkpoint_ignored(const planned_trial& trial, const std::string& why) override {
    shown_->checkpoint_ignored(trial, why);
  }
  void noticed(const std::string& what) override { shown_->noticed(what); }
  command next() override { return shown_ ? shown_->next() : command::go_on; }

  /// Takes the progress bar off the terminal and prints how the stage's trials ended.
  void finish_stage();
  /// Whether any trial had to be run.
  bool has_run() const { return shown_.has_value(); }

 private:
  std::string file_;
  run_place place_;
  std::size_t trials_;
  std::string name_;               // of the experiment
  std::optional<progress> shown_;  // empty before the first stage
  bool in_stage_ = false;
  std::map<trial_status, std::size_t> counts_;
  std::map<std::string, std::size_t> went_on_;  // by the length of the trials that they went on from
};

}  // namespace ravine::cli
