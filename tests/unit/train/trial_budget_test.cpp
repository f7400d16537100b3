#include "unit/trial_support.hpp"

#include <cmath>

#include <gmock/gmock.h>

// What a trial may spend, how it is counted, and when metrics are taken.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using namespace ravine::testing;

/// Ten rows in batches of three: four steps an epoch, the last on one row.
trial_spec on_ten_rows(amount budget, amount every, std::uint64_t batch_size = 3) {
  trial_spec spec = trial_of("log_rows", "sgd", 1, {{"lr", 0.1}});
  spec.train.budget = budget;
  spec.train.batch_size = batch_size;
  spec.evaluate.every = every;
  return spec;
}

const dataset& ten_rows() {
  static const dataset data = labelled_rows(10);
  return data;
}

TEST(trial_budget, in_steps) {
  const trial_result result = run(trial_of("c_bowl", "sgd", 7));
  EXPECT_EQ(result.status, trial_status::completed);
  EXPECT_EQ(result.spent.steps, 7U);
  EXPECT_EQ(result.spent.evaluations, 7U) << "metrics are not counted";
  EXPECT_EQ(result.spent.epochs, 0);
}

TEST(trial_budget, in_epochs) {
  const auto [result, log] =
      run_logged(on_ten_rows({2, cost_unit::epochs}, {1, cost_unit::epochs}), &ten_rows());
  EXPECT_EQ(result.spent.steps, 8U);
  EXPECT_EQ(result.spent.epochs, 2);
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 4, 8));
  EXPECT_EQ(result.evaluations[1].at.epochs, 1);
  EXPECT_EQ(result.evaluations[1].at.evaluations, 4U);
}

TEST(trial_budget, in_fractions_of_epochs_is_rounded_up_to_steps) {
  const auto steps = [](double epochs, std::uint64_t batch_size) {
    const auto [result, log] =
        run_logged(on_ten_rows({epochs, cost_unit::epochs}, {1, cost_unit::epochs}, batch_size), &ten_rows());
    return result.spent.steps;
  };
  EXPECT_EQ(steps(0.5, 3), 2U);
  EXPECT_EQ(steps(0.6, 3), 3U);
  EXPECT_EQ(steps(1e-9, 3), 1U);
  EXPECT_EQ(steps(1.1, 1), 11U) << "1.1 x 10 is 11.000000000000002 in floating point";
}

TEST(trial_budget, in_evaluations_is_in_steps_without_a_closure) {
  trial_spec spec = trial_of("c_bowl", "sgd", 1);
  spec.train.budget = {9, cost_unit::evaluations};
  EXPECT_EQ(run(spec).spent.steps, 9U);
}

TEST(trial_budget, in_evaluations_counts_those_of_the_closure) {
  trial_spec spec = trial_of("c_bowl", "sdk_probe", 1);  // one more evaluation a step
  spec.train.budget = {10, cost_unit::evaluations};
  const trial_result result = run(spec);
  EXPECT_EQ(result.spent.steps, 5U);
  EXPECT_EQ(result.spent.evaluations, 10U);
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 5)) << "the end comes unplanned, and is evaluated";
  EXPECT_THAT(result.path.evaluations, ElementsAre(0, 2, 4, 6, 8, 10));
}

TEST(trial_budget, in_evaluations_lets_the_step_in_progress_end) {
  trial_spec spec = trial_of("c_bowl", "sdk_probe", 1);
  spec.train.budget = {9, cost_unit::evaluations};
  EXPECT_EQ(run(spec).spent.evaluations, 10U);
}

TEST(trial_budget, in_seconds_is_of_training_time) {
  trial_spec spec = trial_of("log_rows", "sgd", 1, {{"lr", 0.1}},
                             {{"gradient_ms", std::int64_t{10}}, {"predict_ms", std::int64_t{30}}});
  spec.train.budget = {0.05, cost_unit::seconds};
  spec.evaluate.every = {2, cost_unit::steps};
  const auto [result, log] = run_logged(spec, &ten_rows());
  EXPECT_EQ(result.status, trial_status::completed);
  EXPECT_GE(result.spent.seconds(), 0.05);
  EXPECT_LE(result.spent.steps, 5U) << "each takes 10 ms at least";
  EXPECT_GE(result.spent.steps, 2U) << "the first evaluation, of 60 ms, is not counted";
  EXPECT_EQ(result.evaluations.back().at.steps, result.spent.steps);
}

TEST(trial_budget, in_epochs_is_refused_on_a_landscape) {
  trial_spec spec = trial_of("c_bowl", "sgd", 1);
  spec.train.budget = {1, cost_unit::epochs};
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason, "a landscape has no epochs; give the budget and the evaluation interval in steps");
}

TEST(trial_evaluation, comes_at_the_start_then_at_each_interval_and_at_the_end) {
  trial_spec spec = trial_of("c_bowl", "sgd", 10);
  spec.evaluate.every = {4, cost_unit::steps};
  EXPECT_THAT(evaluated_steps(run(spec)), ElementsAre(0, 4, 8, 10));
  spec.evaluate.every = {5, cost_unit::steps};
  EXPECT_THAT(evaluated_steps(run(spec)), ElementsAre(0, 5, 10)) << "the end is not evaluated twice";
  spec.evaluate.every = {1000, cost_unit::steps};
  EXPECT_THAT(evaluated_steps(run(spec)), ElementsAre(0, 10));
}

TEST(trial_evaluation, at_fractions_of_epochs_does_not_drift) {
  const auto steps = [](double epochs) {
    const auto [result, log] =
        run_logged(on_ten_rows({3, cost_unit::epochs}, {epochs, cost_unit::epochs}), &ten_rows());
    return evaluated_steps(result);
  };
  EXPECT_THAT(steps(0.5), ElementsAre(0, 2, 4, 6, 8, 10, 12));
  EXPECT_THAT(steps(0.375), ElementsAre(0, 2, 3, 5, 6, 8, 9, 11, 12)) << "every 1.5 steps";
  EXPECT_THAT(steps(0.01), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST(trial_evaluation, names_what_it_measures) {
  const auto [result, log] =
      run_logged(on_ten_rows({1, cost_unit::epochs}, {1, cost_unit::epochs}), &ten_rows());
  const auto& start = result.evaluations.front().metrics;
  EXPECT_EQ(start.size(), 4U) << "validation and test, loss and accuracy: before the first step nothing else";
  const auto& end = result.evaluations.back().metrics;
  EXPECT_EQ(end.size(), 8U);
  EXPECT_EQ(end.at("value.lr"), 0.1);
  EXPECT_NEAR(end.at("update_norm"), 0.1 * end.at("gradient_norm"), 1e-12) << "sgd, of the last step";
}

TEST(trial_evaluation, train_loss_is_the_mean_over_the_examples_since_the_last) {
  // With lr 1 and the whole set as the batch, w is the mean after the first step and stays there.
  trial_spec spec = on_ten_rows({2, cost_unit::steps}, {1, cost_unit::steps}, 0);
  spec.optimizer.optimizer = use(component_kind::optimizer, "sgd", {{"lr", 1.0}});
  const auto [result, log] = run_logged(spec, &ten_rows());
  EXPECT_NEAR(result.evaluations.back().metrics.at("train_loss"), 8.25 / 2, 1e-12)
      << "half the variance of 0 … 9";
}

TEST(trial_evaluation, train_loss_weighs_a_short_batch_by_its_examples) {
  trial_spec spec = on_ten_rows({1, cost_unit::epochs}, {1, cost_unit::epochs});
  spec.optimizer.optimizer = use(component_kind::optimizer, "sgd", {{"lr", 1e-300}});  // w stays
  const auto [result, log] = run_logged(spec, &ten_rows());
  EXPECT_NEAR(result.evaluations.back().metrics.at("train_loss"),
              result.evaluations.back().metrics.at("validation_loss"), 1e-12)
      << "the same ten rows";
}

TEST(trial_budget, may_end_early_with_all_that_the_end_has) {
  trial_spec spec = trial_of("c_bowl", "sgd", 90, {{"lr", 1e-3}});
  spec.evaluate.every = {50, cost_unit::steps};
  spec.train.stop_after = amount{10, cost_unit::steps};
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::stopped_early);
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 10));
  EXPECT_EQ(result.evaluations.back().metrics.count("gradient_norm"), 1U);
  EXPECT_EQ(result.evaluations.back().metrics.count("update_norm"), 1U);
}

TEST(trial_budget, may_end_early_by_the_clock_or_by_evaluations) {
  trial_spec spec = trial_of("c_bowl", "sgd", 1, {{"lr", 1e-3}});
  spec.evaluate.every = {1000, cost_unit::steps};
  spec.train.budget = {60, cost_unit::seconds};
  spec.train.stop_after = amount{0.02, cost_unit::seconds};
  const trial_result by_clock = run(spec);
  EXPECT_EQ(by_clock.status, trial_status::stopped_early);
  EXPECT_GE(by_clock.spent.seconds(), 0.02);
  EXPECT_LT(by_clock.spent.seconds(), 30);

  spec = trial_of("c_bowl", "sdk_probe", 1);  // two evaluations a step
  spec.train.budget = {100, cost_unit::evaluations};
  spec.train.stop_after = amount{10, cost_unit::evaluations};
  EXPECT_EQ(run(spec).spent.evaluations, 10U);
}

TEST(trial_target, is_recorded_and_training_goes_on) {
  trial_spec spec = trial_of("log_bowl", "sgd", 10, {{"lr", 0.5}});  // the loss falls to a quarter each step
  spec.evaluate.every = {2, cost_unit::steps};
  spec.evaluate.target = target_spec{"loss", 0.5 / 64};  // after step 3
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.status, trial_status::completed);
  EXPECT_EQ(result.spent.steps, 10U);
  ASSERT_TRUE(result.target_reached_at);
  EXPECT_EQ(result.target_reached_at->steps, 4U) << "seen at the next evaluation";
}

TEST(trial_target, ends_the_trial_if_asked) {
  trial_spec spec = trial_of("log_bowl", "sgd", 10, {{"lr", 0.5}});
  spec.evaluate.every = {2, cost_unit::steps};
  spec.evaluate.target = target_spec{"loss", 0.5 / 256};  // met exactly after step 4
  spec.evaluate.stop_at_target = true;
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.status, trial_status::reached_target);
  EXPECT_EQ(result.reason, "loss reached 0.001953125");
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.spent.steps, 4U);
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 2, 4));
  EXPECT_EQ(result.path.steps.back(), 4U);
}

TEST(trial_target, of_an_accuracy_is_reached_from_below) {
  trial_spec spec = on_ten_rows({4, cost_unit::steps}, {1, cost_unit::steps}, 0);
  spec.evaluate.target = target_spec{"test_accuracy", 1};  // w rounds to 0 at the start alone
  const auto [result, log] = run_logged(spec, &ten_rows());
  ASSERT_TRUE(result.target_reached_at);
  EXPECT_EQ(result.target_reached_at->steps, 0U);
  spec.evaluate.target = target_spec{"validation_accuracy", 0.2};
  EXPECT_FALSE(run_logged(spec, &ten_rows()).first.target_reached_at) << "one row of ten is right at best";
}

TEST(trial_target, never_met_is_not_recorded) {
  trial_spec spec = trial_of("c_bowl", "sgd", 3);
  spec.evaluate.target = target_spec{"loss", -1};
  EXPECT_FALSE(run(spec).target_reached_at);
}

}  // namespace
}  // namespace ravine
