#pragma once

#include "run/in_process.hpp"
#include "store/store.hpp"
#include "tuning/run_experiment.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ravine::testing {

/// Counts the trials of each stage and those that ended, and stops the experiment after so many of them.
class counting_listener : public experiment_listener {
 public:
  explicit counting_listener(std::size_t most = 1'000'000) : most_(most) {}

  void stage_began(const plan&, std::size_t missing) override { missing_of_stages.push_back(missing); }
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial& trial, const trial_result&) override {
    ++ended;
    ++counts[{trial.spec.optimizer.label, trial.role}];
  }
  command next() override { return ended < most_ ? command::go_on : command::stop_now; }

  std::vector<std::size_t> missing_of_stages;
  std::size_t ended = 0;
  std::map<std::pair<std::string, trial_role>, std::size_t> counts;  ///< by optimizer and role

 private:
  std::size_t most_;
};

/// Runs it in this process.
inline experiment_run run_counted(const plan& experiment, store& results, counting_listener& listener) {
  in_process_executor executor(built_plugins());
  return run_experiment(experiment, results, executor, listener, current_provenance(1));
}

}  // namespace ravine::testing
