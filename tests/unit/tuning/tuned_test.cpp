#include "compare/comparison.hpp"
#include "run/in_process.hpp"
#include "run/worker_executor.hpp"
#include "tuning/choice.hpp"
#include "tuning/run_plan.hpp"
#include "tuning/rungs.hpp"
#include "unit/manifest/manifest_support.hpp"
#include "unit/plugin_support.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Tuning from the search to the comparison.
namespace ravine {
namespace {

class quiet : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override { ++ended; }
  command next() override { return command::go_on; }

  std::size_t ended = 0;
};

class tuned_results : public ::testing::Test {
 protected:
  std::size_t run(const plan& experiment) {
    quiet listener;
    in_process_executor executor(testing::built_plugins());
    run_plan(experiment, results_, executor, listener, current_provenance(1));
    return listener.ended;
  }

  testing::plugin_folder folder_;
  store results_ = store::open(folder_.path() / "results.db");
};

constexpr const char* manifest = R"(
repetitions: 4
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 50}
optimizers:
  - {use: sgd, with: {lr: {grid: [1e-6, 0.05, 1000]}}}
  - {use: adam, with: {lr: 0.1}}
tuning: {method: grid}
)";

TEST_F(tuned_results, repeats_the_best_point_with_all_repetitions) {
  const plan searched = testing::parse(manifest);
  EXPECT_EQ(run(searched), 3U + 4U);
  const plan whole = with_tuned_results(searched, results_);
  ASSERT_EQ(whole.trials.size(), 3U + 4U + 4U);
  for (std::size_t i = 3; i < 7; ++i) {
    EXPECT_EQ(whole.trials[i].role, trial_role::result);
    EXPECT_EQ(whole.trials[i].spec.repetition, i - 3);
    EXPECT_EQ(whole.trials[i].spec.point.at("lr"), setting(0.05)) << "neither the slow nor the diverging one";
  }
  EXPECT_EQ(run(whole), 4U) << "the search is not run again";
  EXPECT_EQ(run(with_tuned_results(searched, results_)), 0U);
}

TEST_F(tuned_results, is_compared_by_its_repetitions_alone) {
  const plan searched = testing::parse(manifest);
  run(searched);
  run(with_tuned_results(searched, results_));
  const comparison compared = compare(results_.trials());
  const problem_summary& booth = compared.problems.at(0);
  const configuration_summary& sgd = booth.configurations.at(booth.chosen.at(0));
  EXPECT_EQ(sgd.optimizer, "sgd");
  EXPECT_EQ(sgd.role, trial_role::result);
  EXPECT_EQ(sgd.repetitions, 4U);
  ASSERT_EQ(booth.sensitivities.size(), 1U);
  EXPECT_EQ(booth.sensitivities[0].values.size(), 3U);
}

TEST_F(tuned_results, repeats_the_first_point_where_none_came_through) {
  const plan searched = testing::parse(R"(
problems: [{use: booth}]
train: {steps: 50}
optimizers: [{use: sgd, with: {lr: {grid: [1000, 2000]}}}]
tuning: {method: grid}
)");
  run(searched);
  const plan whole = with_tuned_results(searched, results_);
  ASSERT_EQ(whole.trials.size(), 3U);
  EXPECT_EQ(whole.trials[2].spec.point.at("lr"), setting(1000.0));
}

constexpr const char* halved = R"(
repetitions: 2
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 90}
optimizers:
  - {use: sgd, with: {lr: {grid: [1000, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.06]}}}
  - {use: momentum, with: {lr: {grid: [1e-6, 1e-5, 1e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 1000]}}}
tuning: {method: grid, stop_early: {factor: 3, rungs: 2}}
)";

std::size_t stopped_at(const plan& experiment, const std::string& optimizer, double steps) {
  return static_cast<std::size_t>(std::ranges::count_if(experiment.trials, [&](const planned_trial& trial) {
    const amount after = trial.spec.train.stop_after.value_or(trial.spec.train.budget);
    return trial.role == trial_role::search && trial.spec.optimizer.label == optimizer &&
           after.count == steps;
  }));
}

TEST_F(tuned_results, of_a_search_cut_short_go_on_with_the_best_third) {
  plan searched = testing::parse(halved);
  EXPECT_EQ(run(searched), 18U);
  EXPECT_EQ(results_.trials().at(0).result.status, trial_status::escaped);
  EXPECT_EQ(results_.trials().at(1).result.status, trial_status::stopped_early);
  EXPECT_EQ(results_.trials().at(1).result.reason, "after 10 steps of 90");
  EXPECT_EQ(results_.trials().at(1).result.spent.steps, 10U);
  const evaluation last = results_.trials().at(1).result.evaluations.back();
  EXPECT_EQ(last.at.steps, 10U) << "judged where it stopped";
  EXPECT_GT(last.metrics.at("gradient_norm"), 0);
  EXPECT_GT(last.metrics.at("update_norm"), 0);
  searched = after_rung(searched, 0, results_);
  EXPECT_EQ(run(searched), 6U) << "three of each";
  searched = after_rung(searched, 1, results_);
  EXPECT_EQ(run(searched), 2U);
  for (const char* optimizer : {"sgd", "momentum"}) {
    EXPECT_EQ(stopped_at(searched, optimizer, 10), 6U);
    EXPECT_EQ(stopped_at(searched, optimizer, 30), 2U);
    EXPECT_EQ(stopped_at(searched, optimizer, 90), 1U);
  }
  const plan whole = with_tuned_results(searched, results_);
  EXPECT_EQ(whole.trials.size(), 18U + 2 * 2U) << "each point once";
  EXPECT_EQ(run(whole), 4U);
  for (const stored_trial& trial : results_.trials()) {
    if (trial.role != trial_role::result) continue;
    EXPECT_EQ(trial.result.spent.steps, 90U);
  }
}

/// The final loss of each trial of a whole search cut short, run by that many workers.
std::map<std::string, double> losses_with(std::size_t jobs) {
  const testing::plugin_folder folder;
  store results = store::open(folder.path() / "results.db");
  worker_executor executor(testing::built_plugins(), jobs);
  quiet listener;
  plan searched = testing::parse(halved);
  for (const std::size_t rung : {0U, 1U}) {
    run_plan(searched, results, executor, listener, current_provenance(1));
    searched = after_rung(searched, rung, results);
  }
  run_plan(searched, results, executor, listener, current_provenance(1));
  const plan whole = with_tuned_results(searched, results);
  run_plan(whole, results, executor, listener, current_provenance(1));
  std::map<std::string, double> losses;
  for (const planned_trial& trial : whole.trials) {
    losses[trial.hash] = results.final_metric(trial.hash, "loss").value_or(-1);
  }
  return losses;
}

TEST(halving, goes_on_with_the_same_points_whatever_the_number_of_workers) {
  const auto alone = losses_with(1);
  EXPECT_EQ(alone.size(), 18U + 2 * 2U);
  EXPECT_EQ(losses_with(2), alone);
}

TEST_F(tuned_results, of_a_search_cut_short_count_no_early_stop_as_a_failure) {
  plan searched = testing::parse(halved);
  for (const std::size_t rung : {0U, 1U}) {
    run(searched);
    searched = after_rung(searched, rung, results_);
  }
  run(searched);
  run(with_tuned_results(searched, results_));
  const problem_summary booth = compare(results_.trials()).problems.at(0);
  std::size_t failures = 0;
  for (const configuration_summary& line : booth.configurations) failures += line.failures.size();
  EXPECT_EQ(failures, 2U) << "the two that escaped";
  EXPECT_EQ(booth.configurations.at(booth.chosen.at(0)).role, trial_role::result);
  EXPECT_TRUE(std::ranges::any_of(booth.warnings, [](const std::string& each) {
    return each.starts_with("14 search points were stopped early");
  })) << "of 18, 2 escaped and 2 came to the end";
}

TEST(halving, keeps_one_point_in_factor_rounded_up) {
  EXPECT_EQ(survivors_of(9, {3, 2}), 3U);
  EXPECT_EQ(survivors_of(10, {3, 2}), 4U);
  EXPECT_EQ(survivors_of(1, {4, 2}), 1U) << "never none";
}

TEST(halving, has_rungs_of_whole_epochs_below_the_budget) {
  const auto counts = [](double budget, const halving& how) {
    std::vector<double> all;
    for (const amount& each : rungs_of({budget, cost_unit::epochs}, how)) all.push_back(each.count);
    return all;
  };
  EXPECT_EQ(counts(27, {3, 2}), (std::vector<double>{3, 9}));
  EXPECT_EQ(counts(10, {3, 2}), (std::vector<double>{2, 4}));
  EXPECT_EQ(counts(2, {3, 4}), (std::vector<double>{1})) << "no rung twice";
  EXPECT_TRUE(counts(1, {3, 2}).empty());
}

TEST(halving, is_part_of_what_a_search_trial_is) {
  const plan with = testing::parse(halved);
  const plan without = testing::parse(halved, {"tuning={method: grid}"});
  EXPECT_NE(with.trials.at(0).hash, without.trials.at(0).hash);
  EXPECT_EQ(without.trials.at(0).spec.train.stop_after, std::nullopt) << "off by default";
}

TEST(halving, tells_its_errors) {
  const auto told = [](const std::string& early, const std::string& budget) {
    return testing::report("problems: [{use: booth}]\ntrain: {" + budget +
                           "}\noptimizers: [{use: sgd, with: {lr: {grid: [1, 2]}}}]\n"
                           "tuning: {method: grid, stop_early: " +
                           early + "}\n");
  };
  using ::testing::HasSubstr;
  EXPECT_EQ(told("{}", "steps: 100"), "");
  EXPECT_THAT(told("{factor: 1}", "steps: 100"), HasSubstr("tuning.stop_early.factor: found 1"));
  EXPECT_THAT(told("{rungs: 0}", "steps: 100"), HasSubstr("tuning.stop_early.rungs: found 0"));
  EXPECT_THAT(told("{rung: 1}", "steps: 100"), HasSubstr("did you mean rungs?"));
  EXPECT_THAT(told("{}", "seconds: 1"), HasSubstr("(booth) has a budget of seconds"));
}

}  // namespace
}  // namespace ravine
