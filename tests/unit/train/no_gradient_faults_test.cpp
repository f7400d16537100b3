#include "unit/trial_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What optimizers that want no gradient may not do, and how the trial says so.
namespace ravine {
namespace {

using namespace ravine::testing;

trial_spec idle_that(const std::string& does, std::int64_t until = 1000) {
  trial_spec spec = trial_of("sphere", "idle", 10, {{"does", does}, {"until", until}});
  spec.evaluate.every = {1, cost_unit::steps};
  return spec;
}

trial_result run_patiently(const trial_spec& spec) {
  patient observer;
  return run_trial(spec, trial_plugins(), nullptr, observer, path_recording::thinned);
}

TEST(no_gradient_faults, a_step_that_evaluates_nothing_fails_the_trial) {
  const trial_result result = run_patiently(idle_that("evaluates", 3));
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason,
            "idle: wants no gradient, and evaluated nothing in step 4; each step has to, or a budget of "
            "evaluations never ends");
  EXPECT_EQ(result.spent.evaluations, 3U);
  EXPECT_EQ(evaluated_steps(result).back(), 3U) << "the curve up to then";
}

TEST(no_gradient_faults, a_budget_of_evaluations_does_not_hang) {
  trial_spec spec = idle_that("nothing");
  spec.train.budget = {10, cost_unit::evaluations};
  EXPECT_EQ(run_patiently(spec).status, trial_status::failed);
}

TEST(no_gradient_faults, inside_a_wrapper_the_gradient_is_taken_all_the_same) {
  trial_spec spec = idle_that("nothing");
  optimizer_spec wrapper;
  wrapper.optimizer = use(component_kind::optimizer, "ema");
  wrapper.inner = {spec.optimizer};
  spec.optimizer = wrapper;
  const trial_result result = run_patiently(spec);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_EQ(result.spent.evaluations, 10U);
}

TEST(no_gradient_faults, a_wrapper_can_not_hand_on_the_gradient_that_it_did_not_want) {
  trial_spec spec = idle_that("steps_inner");
  spec.optimizer.inner = {rule_of("sgd")};
  const trial_result result = run_patiently(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason,
            "idle: step: the inner optimizer needs parameters and gradients, and one of them is NULL");
}

TEST(no_gradient_faults, an_inner_optimizer_steps_only_within_a_step) {
  trial_spec spec = idle_that("steps_inner_in_init");
  spec.optimizer.inner = {rule_of("sgd")};
  const trial_result result = run_patiently(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason, "idle: init_state: the inner optimizer may only be stepped within step");
}

}  // namespace
}  // namespace ravine
