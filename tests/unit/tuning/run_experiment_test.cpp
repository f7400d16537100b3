#include "tuning/run_experiment.hpp"

#include "unit/manifest/manifest_support.hpp"
#include "unit/tuning/counting_listener.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using testing::counting_listener;
using ::testing::ElementsAre;
using testing::run_counted;

constexpr const char* in_rungs = R"(
repetitions: 2
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 90}
optimizers:
  - {use: sgd, with: {lr: {grid: [1000, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.06]}}}
  - {use: adam, with: {lr: 0.1}}
tuning: {method: grid, stop_early: {factor: 3, rungs: 2}}
)";

TEST(run_experiment, runs_a_search_rung_by_rung_and_then_the_repetitions_of_the_best) {
  store results = store::in_memory();
  counting_listener listener;
  const experiment_run done = run_counted(testing::parse(in_rungs), results, listener);
  EXPECT_EQ(done.end, experiment_run::ending::finished);
  // adam is not searched and has its 2 repetitions in the first stage; of 9 points 3 and then 1 go on.
  EXPECT_THAT(listener.missing_of_stages, ElementsAre(9 + 2, 3, 1, 2));
  EXPECT_EQ(results.missing(done.last_stage.trials).size(), 0U);
  EXPECT_EQ(results.trials().size(), done.last_stage.trials.size());
  const auto repetitions = std::ranges::count_if(done.last_stage.trials, [](const planned_trial& trial) {
    return trial.role == trial_role::result && trial.spec.optimizer.label == "sgd";
  });
  EXPECT_EQ(repetitions, 2);
}

TEST(run_experiment, runs_nothing_a_second_time) {
  store results = store::in_memory();
  counting_listener first, second;
  run_counted(testing::parse(in_rungs), results, first);
  run_counted(testing::parse(in_rungs), results, second);
  EXPECT_EQ(second.ended, 0U);
  EXPECT_THAT(second.missing_of_stages, ElementsAre(0)) << "the last stage alone";
}

TEST(run_experiment, goes_on_from_any_trial_to_the_same_choice) {
  store undisturbed = store::in_memory();
  counting_listener all;
  const experiment_run expected = run_counted(testing::parse(in_rungs), undisturbed, all);
  for (const std::size_t most : {1U, 11U, 13U, 15U, 16U}) {
    store results = store::in_memory();
    counting_listener stopped(most);
    EXPECT_EQ(run_counted(testing::parse(in_rungs), results, stopped).end, experiment_run::ending::stopped)
        << most;
    counting_listener rest;
    const experiment_run done = run_counted(testing::parse(in_rungs), results, rest);
    EXPECT_EQ(stopped.ended + rest.ended, all.ended) << most;
    ASSERT_EQ(done.last_stage.trials.size(), expected.last_stage.trials.size());
    for (std::size_t i = 0; i < expected.last_stage.trials.size(); ++i) {
      EXPECT_EQ(done.last_stage.trials[i].hash, expected.last_stage.trials[i].hash);
    }
  }
}

/// Loses the trials of one learning rate, as a cluster may.
class losing_executor : public executor {
 public:
  explicit losing_executor(double lr) : lr_(lr) {}
  void prepare(std::span<const planned_trial> trials) override { inner_.prepare(trials); }
  std::string data_digest(const data_request& request) override { return inner_.data_digest(request); }
  void run(const trial_list& trials, run_listener& listener) override {
    trial_list others;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const planned_trial trial = trials[i];
      const auto found = trial.spec.optimizer.optimizer.with.find("lr");
      if (found == trial.spec.optimizer.optimizer.with.end() || std::get<double>(found->second) != lr_) {
        others.append(trials, i);
        continue;
      }
      ++lost;
      trial_result result;
      result.status = trial_status::lost;
      listener.trial_ended(trial, result);
    }
    inner_.run(others, listener);
  }

  std::size_t lost = 0;

 private:
  in_process_executor inner_{testing::built_plugins()};
  double lr_;
};

TEST(run_experiment, counts_a_lost_trial_of_a_search_as_one_failure_until_the_next_command) {
  store results = store::in_memory();
  counting_listener listener;
  losing_executor losing(0.05);
  const plan experiment = testing::parse(in_rungs);
  const experiment_run done = run_experiment(experiment, results, losing, listener, current_provenance(1));
  EXPECT_EQ(done.end, experiment_run::ending::finished);
  EXPECT_EQ(losing.lost, 1U) << "later stages do not run it again";
  EXPECT_THAT(listener.missing_of_stages, ElementsAre(9 + 2, 3, 1, 2));
  EXPECT_EQ(results.endings(experiment.name)[trial_status::lost], 1U);
  counting_listener next;
  losing_executor again(0.05);
  run_experiment(experiment, results, again, next, current_provenance(1));
  EXPECT_EQ(again.lost, 1U) << "the next command tries it once more";
}

TEST(run_experiment, without_tuning_is_one_stage) {
  store results = store::in_memory();
  counting_listener listener;
  const plan experiment = testing::parse(
      "repetitions: 3\nproblems: [{use: booth}]\noptimizers: [{use: sgd}, {use: adam}]\n"
      "train: {steps: 5}");
  const experiment_run done = run_counted(experiment, results, listener);
  EXPECT_EQ(done.end, experiment_run::ending::finished);
  EXPECT_THAT(listener.missing_of_stages, ElementsAre(6));
  EXPECT_EQ(done.last_stage.trials.size(), 6U);
}

}  // namespace
}  // namespace ravine
