#include "tuning/choice.hpp"
#include "tuning/finalists.hpp"
#include "tuning/later_trials.hpp"
#include "tuning/run_experiment.hpp"
#include "tuning/rungs.hpp"
#include "tuning/tried_points.hpp"
#include "unit/manifest/manifest_support.hpp"
#include "unit/tuning/counting_listener.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Search points that are run on several seeds, and finalists on more.
namespace ravine {
namespace {

using testing::counting_listener;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::run_counted;

constexpr double failed = std::numeric_limits<double>::infinity();

/// A search over lr of three points, with the losses that their trials end with, point by point.
class search_results : public ::testing::Test {
 protected:
  static plan searched(const std::string& tuning) {
    return testing::parse(R"(
repetitions: 2
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 90}
optimizers: [{use: sgd, with: {lr: {grid: [0.01, 0.02, 0.03]}}}]
tuning: )" + tuning);
  }

  /// Losses of the trials from `first` on; an infinite one is that of a trial that failed.
  void store_losses(const plan& of, std::size_t first, const std::vector<double>& losses) {
    for (std::size_t i = 0; i < losses.size(); ++i) {
      trial_result result;
      result.status = losses[i] == failed ? trial_status::diverged : trial_status::completed;
      result.evaluations = {{.at = {.steps = 90}, .metrics = {{"loss", losses[i]}}}};
      results_.save(of.trials[first + i], result, {"machine", "build", 1});
    }
  }

  /// The learning rate of what is chosen of three points with these losses in three repetitions each.
  double chosen(const std::vector<double>& losses) {
    const plan all = searched("{method: grid, repetitions: 3}");
    results_ = store::in_memory();
    results_.begin(all);
    store_losses(all, 0, losses);
    const plan whole = with_tuned_results(all, results_);
    return std::get<double>(whole.trials.back().spec.point.at("lr"));
  }

  store results_ = store::in_memory();
};

TEST_F(search_results, come_from_seeds_that_no_result_and_no_two_trials_of_a_point_share) {
  const plan all = searched("{method: grid, repetitions: 3, finalists: 2}");
  ASSERT_EQ(all.trials.size(), 9U);
  results_.begin(all);
  store_losses(all, 0, {3, 3, 3, 1, 1, 1, 2, 2, 2});
  const plan more = with_finalists(all, results_);
  ASSERT_EQ(more.trials.size(), 9U + 2 * 6U);
  store_losses(more, 0, std::vector<double>(more.trials.size(), 1));
  const plan whole = with_tuned_results(more, results_);
  std::map<double, std::multiset<std::uint64_t>> seeds;
  for (const planned_trial& trial : whole.trials) {
    EXPECT_EQ(trial.spec.repetition >= search_repetition, trial.role == trial_role::search);
    if (trial.role == trial_role::search) {
      seeds[std::get<double>(trial.spec.point.at("lr"))].insert(trial.spec.repetition - search_repetition);
    }
  }
  EXPECT_THAT(seeds[0.01], ElementsAre(0, 1, 2));
  EXPECT_THAT(seeds[0.02], ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8)) << "a finalist";
  EXPECT_THAT(seeds[0.03], ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(search_results, of_each_study_choose_for_it_alone) {
  const plan all = searched("{method: grid, repetitions: 2, studies: 2}");
  ASSERT_EQ(all.trials.size(), 12U);
  results_.begin(all);
  store_losses(all, 0, {1, 1, 2, 2, 3, 3, 9, 9, 8, 8, 5, 5});
  const plan whole = with_tuned_results(all, results_);
  ASSERT_EQ(whole.trials.size(), 12U + 2 * 2);
  std::vector<std::pair<std::uint64_t, double>> chosen;
  for (const planned_trial& trial : whole.trials) {
    if (trial.role == trial_role::search) continue;
    chosen.emplace_back(trial.spec.repetition, std::get<double>(trial.spec.point.at("lr")));
  }
  EXPECT_THAT(chosen, ElementsAre(Pair(0, 0.01), Pair(1, 0.01), Pair(study_stride, 0.03),
                                  Pair(study_stride + 1, 0.03)));
  const later_trials later = later_trials_of(all);
  EXPECT_EQ(later.repetitions, 4U);
}

TEST_F(search_results, of_each_study_come_to_its_own_finalists_and_rungs) {
  const plan all =
      searched("{method: grid, repetitions: 1, finalists: 2, studies: 2, stop_early: {factor: 3, rungs: 1}}");
  ASSERT_EQ(all.trials.size(), 6U);
  results_.begin(all);
  store_losses(all, 0, {1, 2, 3, 9, 8, 7});
  const plan next = after_rung(all, 0, results_);
  std::vector<std::uint64_t> going_on;
  for (const planned_trial& trial : next.trials) {
    if (!trial.spec.train.stop_after) going_on.push_back(trial.spec.repetition);
  }
  EXPECT_THAT(going_on, ElementsAre(search_repetition, search_repetition + study_stride));
  store_losses(next, 0, {1, 2, 3, 9, 8, 7});
  const plan more = with_finalists(next, results_);
  EXPECT_EQ(more.trials.size(), 6U + 2 * 2) << "one of each study has come to the end";
}

TEST_F(search_results, are_judged_by_their_mean) {
  EXPECT_EQ(chosen({1, 1, 9, 2, 2, 2, 3, 3, 3}), 0.02) << "the first has the least median and the least loss";
  EXPECT_EQ(chosen({2, 2, 2, 1, 2, 3, 2, 2, 2}), 0.01) << "of equal ones the first";
}

TEST_F(search_results, are_judged_by_their_median_where_a_point_failed_now_and_then) {
  EXPECT_EQ(chosen({1, 1, failed, 2, 2, 2, 3, 3, 3}), 0.01);
  EXPECT_EQ(chosen({1, failed, failed, 2, 2, 9, 3, 3, 3}), 0.02) << "the mean of the third is less";
  EXPECT_EQ(chosen({failed, failed, failed, 2, 2, 9, 3, 3, 3}), 0.03)
      << "one that always fails changes nothing";
}

TEST_F(search_results, of_finalists_count_all_and_only_finalists_are_chosen) {
  const plan all = searched("{method: grid, repetitions: 2, finalists: 2}");
  results_.begin(all);
  store_losses(all, 0, {3, 3, 1, 1, 2, 2});
  const plan more = with_finalists(all, results_);
  ASSERT_EQ(more.trials.size(), 6U + 2 * 4U);
  // Of 0.02 with 1, 1, then of 0.03 with 2, 2.
  store_losses(more, 4, {9, 9, 9, 9});
  store_losses(more, 10, {5, 5, 5, 5});
  const plan whole = with_tuned_results(more, results_);
  ASSERT_EQ(whole.trials.size(), 14U + 2);
  EXPECT_EQ(std::get<double>(whole.trials.back().spec.point.at("lr")), 0.03)
      << "4 in the mean; 0.02 has 6.3, and 0.01, with 3, is no finalist";
}

TEST_F(search_results, at_a_rung_are_judged_by_all_repetitions) {
  const plan all = searched("{method: grid, repetitions: 2, stop_early: {factor: 3, rungs: 1}}");
  ASSERT_EQ(all.trials.size(), 6U);
  EXPECT_EQ(all.trials[5].spec.train.stop_after, (amount{30, cost_unit::steps}));
  results_.begin(all);
  store_losses(all, 0, {0, 9, 4, 4, 5, 5});
  const plan next = after_rung(all, 0, results_);
  ASSERT_EQ(next.trials.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(next.trials[i].spec.train.stop_after.has_value(), i != 2 && i != 3) << i;
    EXPECT_EQ(next.trials[i].spec.repetition, search_repetition + i % 2);
    EXPECT_EQ(next.trials[i].hash, content_hash(next.trials[i].spec));
  }
}

constexpr const char* everything = R"(
repetitions: 2
problems: [{use: booth, noise: 0.5}]
train: {steps: 90}
optimizers:
  - {use: sgd, with: {lr: {log_uniform: [1e-4, 0.1]}}}
  - {use: momentum, with: {lr: {log_uniform: [1e-4, 0.1]}}}
  - {use: adam, with: {lr: 0.1}}
tuning: {method: METHOD, trials: 9, repetitions: 3, finalists: 2, stop_early: {factor: 2, rungs: 1}}
)";

plan with_method(const std::string& method) {
  std::string text = everything;
  text.replace(text.find("METHOD"), 6, method);
  return testing::parse(text);
}

TEST(search_repetitions, cost_every_optimizer_as_many_search_trials_as_the_plan_says) {
  for (const char* method : {"random", "sobol"}) {
    const plan experiment = with_method(method);
    store results = store::in_memory();
    counting_listener listener;
    const experiment_run done = run_counted(experiment, results, listener);
    ASSERT_EQ(done.end, experiment_run::ending::finished);
    // 9 points x 3, of which 5 go on x 3, and 2 finalists x 6.
    EXPECT_EQ((listener.counts[{"sgd", trial_role::search}]), 27U + 15 + 12);
    EXPECT_EQ((listener.counts[{"momentum", trial_role::search}]), 27U + 15 + 12);
    EXPECT_EQ((listener.counts[{"sgd", trial_role::result}]), 2U);
    const later_trials later = later_trials_of(experiment);
    EXPECT_EQ(later.continued, 2 * 15U);
    EXPECT_EQ(later.finalists, 2 * 12U);
    EXPECT_EQ(later.repetitions, 2 * 2U);
    EXPECT_EQ(experiment.trials.size() + later.all(), listener.ended);
  }
}

TEST(search_repetitions, go_on_from_any_trial_to_the_same_choice) {
  const plan experiment = with_method("sobol");
  store undisturbed = store::in_memory();
  counting_listener all;
  const experiment_run expected = run_counted(experiment, undisturbed, all);
  for (const std::size_t most : {1U, 55U, 60U, 87U, 100U, 113U}) {
    store results = store::in_memory();
    counting_listener stopped(most), rest;
    ASSERT_EQ(run_counted(experiment, results, stopped).end, experiment_run::ending::stopped) << most;
    const experiment_run done = run_counted(experiment, results, rest);
    EXPECT_EQ(stopped.ended + rest.ended, all.ended) << most;
    ASSERT_EQ(done.last_stage.trials.size(), expected.last_stage.trials.size());
    for (std::size_t i = 0; i < expected.last_stage.trials.size(); ++i) {
      ASSERT_EQ(done.last_stage.trials[i].hash, expected.last_stage.trials[i].hash) << most;
    }
  }
}

TEST(search_repetitions, are_errors_where_they_can_not_be) {
  const auto told = [](const std::string& tuning) {
    return testing::report(
        "problems: [{use: booth}]\noptimizers: [{use: sgd, with: {lr: {log_uniform: [0.1, 1]}}}]\n"
        "train: {steps: 10}\ntuning: " +
        tuning + "\n");
  };
  EXPECT_EQ(told("{trials: 8, repetitions: 3, finalists: 4}"), "");
  EXPECT_THAT(told("{trials: 8, repetitions: 0}"), HasSubstr("tuning.repetitions: found 0"));
  EXPECT_THAT(told("{trials: 8, finalists: 1}"), HasSubstr("tuning.finalists: found 1"));
  EXPECT_THAT(told("{trials: 3, finalists: 4}"),
              HasSubstr("tuning.finalists: found 4, but there are 3 points to choose from"));
  EXPECT_THAT(told("{trials: 90000, repetitions: 1000}"), HasSubstr("are more than 1000000 trials"));
}

}  // namespace
}  // namespace ravine
