#include "tuning/run_experiment.hpp"

#include "run/in_process.hpp"
#include "unit/manifest/manifest_support.hpp"
#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;

constexpr const char* tuned = R"(
repetitions: 2
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 90}
optimizers:
  - {use: sgd, with: {lr: {grid: [1000, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.06]}}}
  - {use: adam, with: {lr: 0.1}}
tuning: {method: grid, stop_early: {factor: 3, rungs: 2}}
)";

/// Counts the trials of each stage, and stops the experiment after so many of them.
class counting : public experiment_listener {
 public:
  explicit counting(std::size_t most = 1'000'000) : most_(most) {}

  void stage_began(const plan&, std::size_t missing) override { missing_of_stages.push_back(missing); }
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override { ++ended; }
  command next() override { return ended < most_ ? command::go_on : command::stop_now; }

  std::vector<std::size_t> missing_of_stages;
  std::size_t ended = 0;

 private:
  std::size_t most_;
};

experiment_run run(const plan& experiment, store& results, counting& listener) {
  in_process_executor executor(testing::built_plugins());
  return run_experiment(experiment, results, executor, listener, current_provenance(1));
}

TEST(run_experiment, runs_a_search_rung_by_rung_and_then_the_repetitions_of_the_best) {
  store results = store::in_memory();
  counting listener;
  const experiment_run done = run(testing::parse(tuned), results, listener);
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
  counting first, second;
  run(testing::parse(tuned), results, first);
  run(testing::parse(tuned), results, second);
  EXPECT_EQ(second.ended, 0U);
  EXPECT_THAT(second.missing_of_stages, ElementsAre(0)) << "the last stage alone";
}

TEST(run_experiment, goes_on_from_any_trial_to_the_same_choice) {
  store undisturbed = store::in_memory();
  counting all;
  const experiment_run expected = run(testing::parse(tuned), undisturbed, all);
  for (const std::size_t most : {1U, 11U, 13U, 15U, 16U}) {
    store results = store::in_memory();
    counting stopped(most);
    EXPECT_EQ(run(testing::parse(tuned), results, stopped).end, experiment_run::ending::stopped) << most;
    counting rest;
    const experiment_run done = run(testing::parse(tuned), results, rest);
    EXPECT_EQ(stopped.ended + rest.ended, all.ended) << most;
    ASSERT_EQ(done.last_stage.trials.size(), expected.last_stage.trials.size());
    for (std::size_t i = 0; i < expected.last_stage.trials.size(); ++i) {
      EXPECT_EQ(done.last_stage.trials[i].hash, expected.last_stage.trials[i].hash);
    }
  }
}

TEST(run_experiment, without_tuning_is_one_stage) {
  store results = store::in_memory();
  counting listener;
  const plan experiment = testing::parse(
      "repetitions: 3\nproblems: [{use: booth}]\noptimizers: [{use: sgd}, {use: adam}]\n"
      "train: {steps: 5}");
  const experiment_run done = run(experiment, results, listener);
  EXPECT_EQ(done.end, experiment_run::ending::finished);
  EXPECT_THAT(listener.missing_of_stages, ElementsAre(6));
  EXPECT_EQ(done.last_stage.trials.size(), 6U);
}

}  // namespace
}  // namespace ravine
